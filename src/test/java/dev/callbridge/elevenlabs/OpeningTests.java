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
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/// What is asked how often until an agent is there, or nobody is.
final class OpeningTests {

  private static final Duration SOON = Duration.ofSeconds(15);

  private static final SandboxElevenLabs PLATFORM =
      SandboxElevenLabs.start(SandboxElevenLabs.Settings.loopback("key"));

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Circuits circuits = new Circuits(meters);
  private final ElevenLabsAgent agent =
      new ElevenLabsAgent(
          new SignedUrls(
              new ElevenLabsSettings(new Secret("key"), PLATFORM.url(), false, Map.of(), List.of()),
              circuits,
              Reach.usual()),
          circuits,
          meters,
          Reach.usual());

  @AfterAll
  static void close() {
    PLATFORM.close();
  }

  @ParameterizedTest
  @CsvSource({
    "busy, 3, signed_url_429_system_busy",
    "broken, 3, signed_url_500",
    "closes-early, 3, refused_1011",
    "hangs, 2, signed_url_timeout",
    "silent, 2, metadata_timeout",
    "refuses, 1, signed_url_401_invalid_api_key",
    "quota, 1, signed_url_401_quota_exceeded",
    "garbage, 1, signed_url_unreadable",
    "foreign-url, 1, signed_url_elsewhere",
    "rejects-upgrade, 1, upgrade_403",
    "redirects, 1, upgrade_302",
    "override-error, 1, override_error",
    "dies-at-once, 1, closed_1006|connection_lost",
  })
  void onlyWhatMayPassIsTriedAgain(String behaviour, int tries, String reason) {
    int before = asked(behaviour);

    Duration taken =
        StepVerifier.create(converse(behaviour, Flux.never()))
            .thenConsumeWhile(_ -> true)
            .expectErrorSatisfies(e -> assertThat(((AgentException) e).reason()).matches(reason))
            .verify(SOON);

    assertThat(asked(behaviour) - before).isEqualTo(tries);
    assertThat(taken).isLessThan(Opening.BUDGET.plusSeconds(2));
    assertThat(meters.counter("callbridge.agent.openings.retried").count()).isEqualTo(tries - 1);
  }

  @Test
  void aPlatformThatAsksToBeLeftAloneIsLeftAlone() {
    Duration taken = StepVerifier.create(converse("busy", Flux.never())).expectError().verify(SOON);

    assertThat(taken).isGreaterThan(Duration.ofSeconds(2));
  }

  @Test
  void theCallersFirstWordsWaitForTheTryThatWorks() {
    Flux<ToAgent> caller =
        Flux.range(0, 40).<ToAgent>map(OpeningTests::frame).concatWith(Flux.never());

    StepVerifier.create(converse("recovers", caller).takeUntil(FromAgent.Audio.class::isInstance))
        .expectNextMatches(FromAgent.Ready.class::isInstance)
        .thenConsumeWhile(_ -> true)
        .expectComplete()
        .verify(SOON);

    byte[] heard = ended().callerAudio();
    assertThat(heard).hasSize(40 * 160);
    for (int i = 0; i < 40; i++) {
      assertThat(Arrays.copyOfRange(heard, i * 160, (i + 1) * 160)).containsOnly(i);
    }
    assertThat(meters.counter("callbridge.agent.openings.retried").count()).isEqualTo(1);
  }

  @Test
  void aKeyThatWasRefusedIsNotSentAgain() {
    expectReason("refuses", "signed_url_401_invalid_api_key");
    int before = PLATFORM.signedUrlRequests().size();

    expectReason("refuses", "circuit_open_invalid_api_key");
    expectReason("talkative", "circuit_open_invalid_api_key");

    assertThat(PLATFORM.signedUrlRequests()).hasSize(before);
  }

  @Test
  void anAgentThatDiesEachTimeIsNotOpenedAFourthTime() {
    for (int i = 0; i < AgentCircuit.TOLERATED; i++) {
      expectReason("dies-at-once", "closed_1006|connection_lost");
    }
    int before = asked("dies-at-once");

    expectReason("dies-at-once", "circuit_open_quick_failures");

    assertThat(asked("dies-at-once")).isEqualTo(before);
  }

  @Test
  void anAgentThatTakesUpACallIsToldWhatWasSaidBeforeItHearsMore() {
    Introduction goesOn =
        new Introduction("agent_sandbox", "call-1", Map.of(), null, null, null, "Said so far.");

    StepVerifier.create(
            agent
                .converse(goesOn, Flux.<ToAgent>just(frame(1)).concatWith(Flux.never()))
                .takeUntil(FromAgent.Audio.class::isInstance))
        .thenConsumeWhile(_ -> true)
        .expectComplete()
        .verify(SOON);

    AgentSession session = ended();
    assertThat(session.protocolErrors()).isEmpty();
    assertThat(session.timeline())
        .extracting(AgentSession.Entry::kind)
        .filteredOn(kind -> kind.startsWith("received"))
        .startsWith("received conversation_initiation_client_data", "received contextual_update");
    assertThat(session.first("received contextual_update"))
        .hasValueSatisfying(entry -> assertThat(entry.detail()).isEqualTo("Said so far."));
  }

  @Test
  void anAgentThatTalksNonsenseIsToldSo() {
    expectReason("garbled", "malformed");

    AgentSession session = ended();
    assertThat(session.closedByClient()).isTrue();
    assertThat(session.closeCode()).hasValue(1008);
  }

  @Test
  void aFloodOfPingsIsAnsweredInPartAndTheConversationGoesOn() {
    StepVerifier.create(converse("ping-flood", Flux.never()).take(Duration.ofSeconds(5)))
        .thenConsumeWhile(_ -> true)
        .expectComplete()
        .verify(SOON);

    AgentSession session = ended();
    assertThat(session.pingsSent()).isGreaterThan(500);
    assertThat(session.pongs()).hasSizeBetween(10, 200);
    assertThat(session.protocolErrors()).isEmpty();
    assertThat(meters.counter("callbridge.agent.pings.dropped").count()).isGreaterThan(200);
  }

  private void expectReason(String behaviour, String reason) {
    StepVerifier.create(converse(behaviour, Flux.never()))
        .thenConsumeWhile(_ -> true)
        .expectErrorSatisfies(e -> assertThat(((AgentException) e).reason()).matches(reason))
        .verify(SOON);
  }

  private Flux<FromAgent> converse(String behaviour, Flux<ToAgent> caller) {
    return agent.converse(
        new Introduction("agent_sandbox_" + behaviour, "call-1", Map.of(), null, null, null),
        caller);
  }

  private static int asked(String behaviour) {
    return Math.toIntExact(
        PLATFORM.signedUrlRequests().stream()
            .filter(request -> request.agentId().equals("agent_sandbox_" + behaviour))
            .count());
  }

  private static AgentSession ended() {
    List<AgentSession> sessions = PLATFORM.sessions();
    return Objects.requireNonNull(sessions.getLast().ended().block(SOON));
  }

  private static ToAgent frame(int number) {
    byte[] voice = new byte[160];
    Arrays.fill(voice, (byte) number);
    return new ToAgent.Audio(Base64.getEncoder().encodeToString(voice).getBytes(ISO_8859_1));
  }
}
