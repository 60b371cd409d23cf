package dev.callbridge.sandbox.elevenlabs;

import static dev.callbridge.sandbox.elevenlabs.Peer.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.callbridge.sandbox.speech.Mulaw;
import dev.callbridge.sandbox.speech.SpeechClips;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class SandboxFaultTests {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String BEGIN = "{\"type\":\"conversation_initiation_client_data\"}";
  private static SandboxElevenLabs elevenLabs;

  @BeforeAll
  static void start() {
    elevenLabs = SandboxElevenLabs.start(SandboxElevenLabs.Settings.loopback("key"));
  }

  @AfterAll
  static void stop() {
    elevenLabs.close();
  }

  @ParameterizedTest
  @CsvSource({
    "agent_sandbox_refuses, 401, invalid_api_key",
    "agent_sandbox_quota, 401, quota_exceeded",
    "agent_sandbox_busy, 429, system_busy",
    "agent_unheard_of, 404, agent_not_found",
  })
  void aSignedUrlMayBeRefused(String agentId, int status, String code) {
    Answer answer = get("/v1/convai/conversation/get-signed-url?agent_id=" + agentId, "key");

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.json().at("/detail/status").asString()).isEqualTo(code);
    assertThat(elevenLabs.signedUrlRequests())
        .anySatisfy(request -> {
          assertThat(request.agentId()).isEqualTo(agentId);
          assertThat(request.status()).isEqualTo(status);
        });
  }

  @Test
  void onlyTheRightKeyIsAccepted() {
    for (String path :
        List.of(
            "/v1/convai/conversation/get_signed_url?agent_id=agent_sandbox",
            "/v1/convai/agents/agent_sandbox",
            "/v1/convai/conversations/conv_1",
            "/v1/user/subscription")) {
      assertThat(get(path, "wrong").status()).isEqualTo(401);
      assertThat(get(path, null).status()).isEqualTo(401);
    }
    assertThat(get("/v1/user/subscription", "key").status()).isEqualTo(200);
    assertThat(get("/v1/convai/conversation/get_signed_url?agent_id=agent_sandbox", "key").status())
        .isEqualTo(200);
    assertThat(get("/v1/convai/conversation/get-signed-url", "key").status()).isEqualTo(422);
  }

  @Test
  void aSignedUrlMayBeBrokenNonsenseOrForeign() {
    String path = "/v1/convai/conversation/get-signed-url?agent_id=agent_sandbox_";

    assertThat(get(path + "broken", "key").status()).isEqualTo(500);
    assertThat(get(path + "broken", "key").body()).startsWith("<!DOCTYPE html>");
    assertThat(get(path + "garbage", "key").status()).isEqualTo(200);
    assertThat(get(path + "garbage", "key").body()).startsWith("}{");
    assertThat(get(path + "foreign-url", "key").json().path("signed_url").asString())
        .startsWith("ws://stranger.invalid/");
    assertThatThrownBy(() -> request(path + "hangs", "key").block(Duration.ofMillis(700)))
        .hasMessageContaining("Timeout");
  }

  @Test
  void aSignedUrlOpensOneSessionAndOnlyAsGiven() {
    String url = Peer.signedUrl(elevenLabs, "agent_sandbox");

    assertThat(url).contains("%2B%2F", "%3D");
    assertThat(upgradeStatus(url.replace("%", "%25"))).isEqualTo(403);
    try (Peer peer = Peer.open(url).send(BEGIN)) {
      peer.await("conversation_initiation_metadata");
    }
    assertThat(upgradeStatus(url)).isEqualTo(403);
    assertThat(upgradeStatus(socket("agent_sandbox"))).isEqualTo(403);
    assertThat(upgradeStatus(socket("agent_unheard_of"))).isEqualTo(404);
  }

  @Test
  void aPublicAgentNeedsNoSignature() {
    try (Peer peer = Peer.open(socket("agent_sandbox_public")).send(BEGIN)) {
      peer.await("audio");
    }
  }

  @Test
  void anUpgradeMayBeRejectedRedirectedOrIgnored() {
    assertThat(upgradeStatus(Peer.signedUrl(elevenLabs, "agent_sandbox_rejects-upgrade")))
        .isEqualTo(403);
    assertThat(upgradeStatus(Peer.signedUrl(elevenLabs, "agent_sandbox_redirects"))).isEqualTo(302);
    String url = Peer.signedUrl(elevenLabs, "agent_sandbox_no-upgrade");
    assertThatThrownBy(() -> upgrade(url).block(Duration.ofMillis(700)))
        .hasMessageContaining("Timeout");
  }

  @Tag("faults")
  @ParameterizedTest
  @CsvSource({
    "OVERRIDE_ERROR, 1008, override_error",
    "MISSING_VARIABLE, 1008, missing_dynamic_variable",
    "DIES_AT_ONCE, 1006,",
    "DIES, 1006,",
    "CLOSES_1000, 1000,",
    "CLOSES_1002, 1002, llm_timeout",
    "CLOSES_1008, 1008, value_error",
    "CLOSES_1011, 1011,",
  })
  void anAgentMayEndTheConversationItsOwnWay(
      AgentBehaviour behaviour, int code, @Nullable String errorType) {
    try (Peer peer = Peer.begin(elevenLabs, behaviour)) {
      assertThat(peer.closeCode()).isEqualTo(code);

      List<JsonNode> errors = peer.soFar("error");
      if (errorType == null) {
        assertThat(errors).isEmpty();
      } else {
        assertThat(errors).singleElement().isEqualTo(peer.soFar().getLast());
        assertThat(errors.getFirst().at("/error_event/error_type").asString()).isEqualTo(errorType);
        assertThat(errors.getFirst().at("/error_event/code").intValue()).isEqualTo(code);
      }
      AgentSession session = latest(behaviour);
      session.ended().block(SOON);
      assertThat(session.closeCode()).hasValue(code);
      assertThat(session.closedByClient()).isFalse();
      assertThat(session.protocolErrors()).isEmpty();
    }
  }

  @Test
  void theDynamicVariableChoosesTheBehaviour() {
    try (Peer peer = Peer.open(socket("agent_sandbox_public"))) {
      peer.send(
          """
          {"type":"conversation_initiation_client_data",
           "dynamic_variables":{"sandbox_agent":"closes-1011"}}\
          """);

      assertThat(peer.closeCode()).isEqualTo(1011);
    }
  }

  @Tag("faults")
  @Test
  void aSilentAgentSaysNothingAndAMuteOneNoAudio() {
    try (Peer silent = Peer.begin(elevenLabs, AgentBehaviour.SILENT);
        Peer mute = Peer.begin(elevenLabs, AgentBehaviour.MUTE)) {
      mute.await("conversation_initiation_metadata");
      mute.says("book-table");
      mute.await("user_transcript");
      mute.await(m -> m.at("/ping_event/event_id").asInt(0) > 0);

      assertThat(mute.soFar("audio")).isEmpty();
      assertThat(silent.soFar()).isEmpty();
    }
  }

  @Tag("faults")
  @Test
  void aSlowAgentSpeaksAfterTwoAndAHalfSeconds() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.SLOW)) {
      peer.await("audio");

      AgentSession session = latest(AgentBehaviour.SLOW);
      assertThat(session.first("sent audio").orElseThrow().at())
          .isBetween(Duration.ofMillis(2_500), Duration.ofMillis(4_000));
    }
  }

  @Tag("faults")
  @ParameterizedTest
  @EnumSource(names = {"MALFORMED", "UNKNOWN_EVENTS"})
  void theGreetingIsWholeWhateverIsMixedIn(AgentBehaviour behaviour) {
    try (Peer peer = Peer.begin(elevenLabs, behaviour)) {
      peer.await(m -> m.at("/ping_event/event_id").asInt(0) > 0);

      byte[] greeting = SpeechClips.load().clip("greeting").ulaw();
      assertThat(decodable(peer)).isEqualTo(greeting);
      if (behaviour == AgentBehaviour.MALFORMED) {
        assertThat(peer.odd()).contains("", "this is not JSON", "binary").hasSizeLessThan(20);
      } else {
        assertThat(peer.soFar("event_of_tomorrow").size() + peer.soFar("agent_typing").size())
            .isPositive();
      }
    }
  }

  @Tag("faults")
  @Test
  void oneMessageMayBeOverSixteenMebibytes() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.OVERSIZED)) {
      JsonNode big =
          peer.await(m -> m.at("/audio_event/audio_base_64").asString("").length() >= 16 << 20);

      assertThat(Peer.type(big)).isEqualTo("audio");
    }
  }

  @Test
  void aFloodIsAMinuteOfAudioAtOnceAndStillInterruptible() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.FLOOD)) {
      Flux<JsonNode> audio = peer.messages().filter(m -> Peer.type(m).equals("audio"));
      audio.take(240).blockLast(SOON);
      AgentSession session = latest(AgentBehaviour.FLOOD);
      assertThat(session.sentAudio().length).isGreaterThan(59 * 8_000);
      peer.says("one-moment");

      peer.await("interruption");
    }
  }

  @Tag("faults")
  @Test
  void aStalledAgentNeitherReadsNorWritesNorCloses() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.STALLS)) {
      AgentSession session = awaitLatest(peer, AgentBehaviour.STALLS);
      Flux.interval(Duration.ofMillis(50))
          .filter(_ -> session.first("stalled").isPresent())
          .blockFirst(SOON);
      int sent = peer.soFar().size();
      byte[] silence = Mulaw.silence(Duration.ofMillis(20));
      Flux.interval(Duration.ofMillis(20))
          .take(100)
          .doOnNext(_ -> peer.audio(silence))
          .blockLast(SOON);

      assertThat(session.callerFrames()).isLessThanOrEqualTo(1);
      assertThat(peer.soFar()).hasSize(sent);
      assertThat(session.hasEnded()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"user_audio_chunk\":\"////\"}",
        "{\"type\":\"pong\",\"event_id\":0}",
        "hello",
      })
  void theFirstMessageMustBeTheInitiation(String first) {
    try (Peer peer = Peer.open(Peer.signedUrl(elevenLabs, "agent_sandbox_public")).send(first)) {
      assertThat(peer.closeCode()).isEqualTo(1008);

      AgentSession session = latest(AgentBehaviour.PUBLIC);
      assertThat(session.protocolErrors()).hasSize(1);
      assertThat(peer.soFar("error")).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"user_audio_chunk\":\"not base64!\"} | 1",
        "{\"type\":\"client_tool_result\",\"tool_call_id\":\"x\",\"result\":{},\"is_error\":false} | 1",
        "{\"type\":\"client_tool_result\",\"tool_call_id\":\"x\",\"is_error\":false} | 1",
        "{\"type\":\"pong\"} | 1",
        "{\"type\":\"pong\",\"event_id\":\"1\"} | 1",
        "{broken | 1",
      })
  void aMessageAgainstTheContractEndsTheConversation(String message, int errors) {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.NORMAL).withoutPongs()) {
      peer.await("audio");
      peer.send(message);

      assertThat(peer.closeCode()).isEqualTo(1008);
      assertThat(latest(AgentBehaviour.NORMAL).protocolErrors()).hasSize(errors);
    }
  }

  @Tag("faults")
  @Test
  void lesserOffencesAreCountedAndForgiven() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.NORMAL)) {
      peer.await("audio");
      peer.send("{\"type\":\"dtmf\",\"digit\":\"1\"}");
      peer.send("{\"type\":\"audio\",\"user_audio_chunk\":\"////\"}");
      peer.send(
          "{\"type\":\"client_tool_result\",\"tool_call_id\":\"x\",\"result\":\"\",\"is_error\":false}");
      peer.send(BEGIN);
      peer.await(m -> m.at("/ping_event/event_id").asInt(0) > 0);

      assertThat(latest(AgentBehaviour.NORMAL).protocolErrors()).hasSize(4);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"conversation_config_override\":{\"tts\":{\"agent_output_audio_format\":\"ulaw_8000\"}} | override_error",
        "\"dynamic_variables\":{\"name\":null} | value_error",
        "\"dynamic_variables\":{\"system__call_sid\":\"CA1\"} | value_error",
        "\"agent_id\":\"x\" | value_error",
        "\"conversation_config_override\":{\"agent\":{\"first_message\":\"Hi {{name}}\"}} | missing_dynamic_variable",
      })
  void anInitiationIsChecked(String fields, String errorType) {
    try (Peer peer = Peer.open(Peer.signedUrl(elevenLabs, "agent_sandbox"))) {
      peer.send("{\"type\":\"conversation_initiation_client_data\"," + fields + "}");

      assertThat(peer.await("error").at("/error_event/error_type").asString()).isEqualTo(errorType);
      assertThat(peer.closeCode()).isEqualTo(1008);
      assertThat(latest(AgentBehaviour.NORMAL).protocolErrors()).hasSize(1);
    }
  }

  @Test
  void aConversationCanBeLookedUpAfterwards() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.NORMAL)) {
      peer.await("audio");
      AgentSession session = latest(AgentBehaviour.NORMAL);
      String path = "/v1/convai/conversations/" + session.conversationId();
      assertThat(get(path, "key").json().path("status").asString()).isEqualTo("in-progress");
      peer.says("thank-you-goodbye");
      session.ended().block(SOON);

      JsonNode conversation = get(path, "key").json();
      assertThat(conversation.path("status").asString()).isEqualTo("done");
      assertThat(conversation.at("/transcript/0/role").asString()).isEqualTo("agent");
      assertThat(conversation.at("/transcript/0/interrupted").booleanValue()).isTrue();
      assertThat(conversation.at("/analysis/call_successful").asString()).isEqualTo("success");
    }
    assertThat(get("/v1/convai/conversations/conv_none", "key").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @EnumSource(AgentBehaviour.class)
  void everyAgentCanBeLookedUp(AgentBehaviour behaviour) {
    Answer answer = get("/v1/convai/agents/" + behaviour.agentId(), "key");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().at("/conversation_config/tts/agent_output_audio_format").asString())
        .isEqualTo(behaviour.output().wireName());
    assertThat(AgentBehaviour.ofAgent(behaviour.agentId())).contains(behaviour);
    assertThat(AgentBehaviour.named(behaviour.publicName())).contains(behaviour);
  }

  @Test
  void closingDropsEveryConnection() {
    SandboxElevenLabs other = SandboxElevenLabs.start(SandboxElevenLabs.Settings.loopback("key"));
    try (Peer peer = Peer.begin(other, AgentBehaviour.NORMAL)) {
      peer.await("audio");
      other.close();

      assertThat(peer.closeCode()).isEqualTo(1006);
      assertThat(other.sessions().getFirst().hasEnded()).isTrue();
      assertThat(other.sessions().getFirst().closedByClient()).isFalse();
      other.close();
    }
  }

  private record Answer(int status, String body) {
    JsonNode json() {
      return JSON.readTree(body);
    }
  }

  private static Answer get(String path, @Nullable String key) {
    return Objects.requireNonNull(request(path, key).block(SOON));
  }

  private static Mono<Answer> request(String path, @Nullable String key) {
    return HttpClient.create()
        .headers(headers -> {
          if (key != null) {
            headers.set("xi-api-key", key);
          }
        })
        .get()
        .uri(elevenLabs.url() + path)
        .responseSingle((response, body) ->
            body.asString()
                .defaultIfEmpty("")
                .map(text -> new Answer(response.status().code(), text)));
  }

  private static String socket(String agentId) {
    return elevenLabs.url().toString().replace("http", "ws")
        + "/v1/convai/conversation?agent_id="
        + agentId;
  }

  private static Mono<Integer> upgrade(String url) {
    return HttpClient.create()
        .websocket()
        .uri(URI.create(url))
        .handle((_, _) -> Mono.just(101))
        .single()
        .onErrorResume(
            WebSocketClientHandshakeException.class,
            e -> Mono.just(Objects.requireNonNull(e.response()).status().code()));
  }

  private static int upgradeStatus(String url) {
    return Objects.requireNonNull(upgrade(url).block(SOON));
  }

  private static AgentSession latest(AgentBehaviour behaviour) {
    return elevenLabs.sessions().stream()
        .filter(session -> session.behaviour() == behaviour)
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  private static AgentSession awaitLatest(Peer peer, AgentBehaviour behaviour) {
    peer.await("conversation_initiation_metadata");
    return latest(behaviour);
  }

  private static byte[] decodable(Peer peer) {
    ByteArrayOutputStream audio = new ByteArrayOutputStream();
    for (JsonNode message : peer.soFar("audio")) {
      try {
        String base64 = message.at("/audio_event/audio_base_64").asString("");
        audio.writeBytes(Base64.getDecoder().decode(base64));
      } catch (IllegalArgumentException _) {
        // One of the malformed ones.
      }
    }
    return audio.toByteArray();
  }
}
