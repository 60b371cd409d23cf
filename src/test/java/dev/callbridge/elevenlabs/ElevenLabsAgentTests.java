package dev.callbridge.elevenlabs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.elevenlabs.SandboxElevenLabs;
import dev.callbridge.secrets.Secret;
import dev.callbridge.sockets.Reach;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

final class ElevenLabsAgentTests {

  private static final Duration SOON = Duration.ofSeconds(15);

  private static final SandboxElevenLabs PLATFORM =
      SandboxElevenLabs.start(SandboxElevenLabs.Settings.loopback("key"));

  private final ElevenLabsAgent agent = agent("key", PLATFORM.url());

  @AfterAll
  static void close() {
    PLATFORM.close();
  }

  @Test
  void isReadyBeforeItSaysAnything() {
    StepVerifier.create(converse("agent_sandbox", Flux.never()))
        .assertNext(event -> assertThat(event).isInstanceOf(FromAgent.Ready.class))
        .thenConsumeWhile(event -> !(event instanceof FromAgent.Audio))
        .thenCancel()
        .verify(SOON);

    AgentSession session = ended();
    JsonNode introduced = session.initiationData().orElseThrow();
    assertThat(introduced.at("/dynamic_variables/name").asString()).isEqualTo("John");
    assertThat(introduced.path("user_id").asString()).isEqualTo("call-1");
    assertThat(session.protocolErrors()).isEmpty();
  }

  @RepeatedTest(10)
  void closesTheConversationInWordsWhenTheCallerHangsUp() {
    Sinks.Many<ToAgent> caller = Sinks.many().unicast().onBackpressureBuffer();

    StepVerifier.create(converse("agent_sandbox", caller.asFlux()))
        .expectNextMatches(FromAgent.Ready.class::isInstance)
        .then(caller::tryEmitComplete)
        .thenConsumeWhile(_ -> true)
        .expectComplete()
        .verify(SOON);

    AgentSession session = ended();
    assertThat(session.closedByClient()).isTrue();
    assertThat(session.closeCode()).hasValue(1000);
  }

  @Test
  void carriesTheCallersVoiceByteForByte() {
    byte[] voice = new byte[160];
    java.util.Arrays.fill(voice, (byte) 0x55);
    ToAgent frame =
        new ToAgent.Audio(Base64.getEncoder().encodeToString(voice).getBytes(ISO_8859_1));

    StepVerifier.create(
            converse("agent_sandbox", Flux.just(frame, frame).concatWith(Flux.never()))
                .takeUntil(FromAgent.Audio.class::isInstance))
        .thenConsumeWhile(_ -> true)
        .expectComplete()
        .verify(SOON);

    assertThat(ended().callerAudio()).hasSize(320).containsOnly(0x55);
  }

  @Test
  void anAgentThatClosesNormallyHasEndedTheConversation() {
    StepVerifier.create(converse("agent_sandbox_closes-1000", Flux.never()))
        .thenConsumeWhile(_ -> true)
        .expectComplete()
        .verify(SOON);
  }

  @ParameterizedTest
  @CsvSource({
    "refuses, signed_url_401_invalid_api_key",
    "quota, signed_url_401_quota_exceeded",
    "busy, signed_url_429_system_busy",
    "broken, signed_url_500",
    "hangs, signed_url_timeout",
    "garbage, signed_url_unreadable",
    "foreign-url, signed_url_elsewhere",
    "rejects-upgrade, upgrade_403",
    "redirects, upgrade_302",
    "no-upgrade, upgrade_timeout",
    "silent, metadata_timeout",
    "override-error, override_error",
    "missing-variable, missing_dynamic_variable",
    "dies-at-once, closed_1006|connection_lost",
    "closes-1002, llm_timeout",
    "closes-1008, value_error",
    "closes-1011, closed_1011",
    "oversized, oversized_message"
  })
  void aLossIsNamedByItsReason(String behaviour, String reason) {
    StepVerifier.create(converse("agent_sandbox_" + behaviour, Flux.never()))
        .thenConsumeWhile(_ -> true)
        .expectErrorSatisfies(e -> {
          assertThat(((AgentException) e).reason()).matches(reason);
          assertThat(e.getMessage()).doesNotContain("token=").doesNotContain("signature");
        })
        .verify(SOON);
  }

  @Test
  void aPlatformThatIsNotThereIsUnreachable() {
    StepVerifier.create(
            agent("key", URI.create("http://127.0.0.1:1"))
                .converse(introduction("agent_sandbox"), Flux.never()))
        .expectErrorSatisfies(
            e -> assertThat(((AgentException) e).reason()).isEqualTo("signed_url_unreachable"))
        .verify(SOON);
  }

  @Test
  void aWrongKeyIsRefused() {
    StepVerifier.create(
            agent("wrong", PLATFORM.url()).converse(introduction("agent_sandbox"), Flux.never()))
        .expectErrorSatisfies(
            e -> assertThat(((AgentException) e).reason()).startsWith("signed_url_401"))
        .verify(SOON);
  }

  @Test
  void unknownAndMalformedMessagesDoNotEndAConversation() {
    for (String behaviour : List.of("unknown-events", "malformed")) {
      StepVerifier.create(
              converse("agent_sandbox_" + behaviour, Flux.never())
                  .takeUntil(FromAgent.Audio.class::isInstance))
          .thenConsumeWhile(_ -> true)
          .expectComplete()
          .verify(SOON);
    }
  }

  private Flux<FromAgent> converse(String agentId, Flux<ToAgent> caller) {
    return agent.converse(introduction(agentId), caller);
  }

  /// The platform's account of the latest conversation, once it is over.
  private static AgentSession ended() {
    return Objects.requireNonNull(PLATFORM.sessions().getLast().ended().block(SOON));
  }

  private static ElevenLabsAgent agent(String key, URI url) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Circuits circuits = new Circuits(meters);
    return new ElevenLabsAgent(
        new SignedUrls(
            new ElevenLabsSettings(new Secret(key), url, false, Map.of(), List.of()),
            circuits,
            Reach.usual()),
        circuits,
        meters,
        Reach.usual());
  }

  private static Introduction introduction(String agentId) {
    return new Introduction(agentId, "call-1", Map.of("name", "John"), null, null, null);
  }
}
