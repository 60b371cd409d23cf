package dev.callbridge.sandbox.elevenlabs;

import static dev.callbridge.sandbox.elevenlabs.Peer.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.speech.Clip;
import dev.callbridge.sandbox.speech.Heard;
import dev.callbridge.sandbox.speech.Mulaw;
import dev.callbridge.sandbox.speech.SpeechClips;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

final class SandboxConversationTests {

  private static final SpeechClips CLIPS = SpeechClips.load();
  private static SandboxElevenLabs elevenLabs;

  @BeforeAll
  static void start() {
    elevenLabs = SandboxElevenLabs.start(SandboxElevenLabs.Settings.loopback("key"));
  }

  @AfterAll
  static void stop() {
    elevenLabs.close();
  }

  @Tag("faults")
  @Test
  void aTableIsBookedFromGreetingToGoodbye() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.NORMAL)) {
      for (Exchange exchange :
          List.of(
              new Exchange("greeting", "book-table"),
              new Exchange("ask-people", "two-people"),
              new Exchange("ask-time", "friday-seven"),
              new Exchange("confirm", "thank-you-goodbye"))) {
        Clip agent = CLIPS.clip(exchange.agent());
        peer.awaitSaying(agent.text());
        listenTo(agent);
        peer.says(exchange.caller());
      }

      assertThat(peer.closeCode()).isEqualTo(1000);
      AgentSession session = session(peer);
      session.ended().block(SOON);
      assertThat(session.closedByClient()).isFalse();
      assertThat(session.closeCode()).hasValue(1000);
      assertThat(session.protocolErrors()).isEmpty();
      assertThat(session.transcript())
          .extracting(AgentSession.Turn::text)
          .containsExactly(
              "Hello, this is the Callbridge demo line. How can I help you?",
              "Hello, I would like to book a table.",
              "With pleasure. For how many people?",
              "For two people, please.",
              "And on which day, and at what time?",
              "On Friday at seven, please.",
              "You are booked for two on Friday at seven.",
              "Thank you, goodbye.",
              "Thank you for calling. Goodbye.");
      assertThat(session.transcript()).noneMatch(AgentSession.Turn::interrupted);
      assertThat(session.sentAudio()).isEqualTo(audio(peer));
      assertThat(CLIPS.heardIn(audio(peer)))
          .extracting(Heard::clip)
          .extracting(Clip::name)
          .containsExactly("greeting", "ask-people", "ask-time", "confirm", "goodbye");
      List<JsonNode> last = peer.soFar("agent_tool_response");
      assertThat(last).hasSize(1);
      assertThat(last.getFirst().at("/agent_tool_response/tool_name").asString())
          .isEqualTo("end_call");
      assertThat(peer.soFar().getLast()).isEqualTo(last.getFirst());
    }
  }

  @Test
  void eventIdsRiseFromZeroWhichIsAPing() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.NORMAL)) {
      peer.await(m -> m.at("/ping_event/event_id").asInt(0) > 0);

      List<JsonNode> messages = peer.soFar();
      assertThat(Peer.type(messages.getFirst())).isEqualTo("conversation_initiation_metadata");
      assertThat(messages.get(1).at("/ping_event/event_id").intValue()).isZero();
      assertThat(messages.get(1).at("/ping_event/ping_ms").isNull()).isTrue();
      assertThat(messages.getLast().at("/ping_event/ping_ms").isInt()).isTrue();
      List<Integer> ids =
          messages.stream()
              .flatMap(m -> m.findValues("event_id").stream())
              .map(JsonNode::intValue)
              .toList();
      assertThat(ids).isSorted().doesNotHaveDuplicates().startsWith(0, 1, 2);
    }
  }

  @Test
  void theGreetingComesMuchFasterThanItIsSpoken() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.NORMAL)) {
      Duration took =
          peer.messages()
              .filter(m -> Peer.type(m).equals("audio"))
              .take(15)
              .timed()
              .takeLast(1)
              .map(timed -> timed.elapsedSinceSubscription())
              .blockFirst(SOON);

      assertThat(took).isLessThan(Duration.ofSeconds(1));
      assertThat(audio(peer)).isEqualTo(CLIPS.clip("greeting").ulaw());
    }
  }

  @Test
  void alignmentHasAsManyTimesAsCharactersAndSpellsTheText() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.NORMAL)) {
      peer.messages().filter(m -> Peer.type(m).equals("audio")).take(15).blockLast(SOON);

      StringBuilder spelled = new StringBuilder();
      for (JsonNode audio : peer.soFar("audio")) {
        JsonNode alignment = audio.at("/audio_event/alignment");
        int chars = alignment.path("chars").size();
        assertThat(alignment.path("char_start_times_ms").size()).isEqualTo(chars);
        assertThat(alignment.path("char_durations_ms").size()).isEqualTo(chars);
        alignment.path("chars").forEach(c -> spelled.append(c.asString()));
        alignment
            .path("char_start_times_ms")
            .forEach(start -> assertThat(start.intValue()).isBetween(0, 249));
      }
      assertThat(spelled).hasToString(CLIPS.clip("greeting").text());
    }
  }

  @Test
  void aCallerWhoSpeaksOverTheAgentInterruptsIt() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.TALKATIVE)) {
      peer.awaitSaying(CLIPS.clip("greeting").text());
      peer.says("book-table");
      peer.awaitSaying(CLIPS.clip("long").text());
      Mono.delay(Duration.ofMillis(1_500)).block(SOON);
      peer.says("one-moment");

      peer.awaitSaying("Of course, go ahead.");
      AgentSession session = session(peer);
      List<JsonNode> messages = peer.soFar();
      JsonNode interruption =
          messages.stream()
              .filter(m -> Peer.type(m).equals("interruption"))
              .reduce((_, latest) -> latest)
              .orElseThrow();
      int id = interruption.at("/interruption_event/event_id").intValue();
      List<JsonNode> after = messages.subList(messages.indexOf(interruption), messages.size());
      assertThat(after.stream().map(m -> m.at("/audio_event/event_id")).filter(JsonNode::isInt))
          .hasSizeGreaterThanOrEqualTo(2)
          .satisfies(stale -> assertThat(stale.get(0).intValue()).isLessThan(id))
          .satisfies(stale -> assertThat(stale.get(1).intValue()).isLessThan(id));
      JsonNode correction =
          after.stream()
              .filter(m -> Peer.type(m).equals("agent_response_correction"))
              .findFirst()
              .orElseThrow()
              .path("agent_response_correction_event");
      String corrected = correction.path("corrected_agent_response").asString();
      assertThat(corrected).isNotEmpty().hasSizeLessThan(60);
      assertThat(CLIPS.clip("long").text())
          .startsWith(corrected)
          .isEqualTo(correction.path("original_agent_response").asString());
      assertThat(session.transcript())
          .anySatisfy(turn -> {
            assertThat(turn.interrupted()).isTrue();
            assertThat(turn.text()).isEqualTo(corrected);
          });
    }
  }

  @Test
  void anAgentWithoutTheInterruptionEventCannotBeInterrupted() {
    try (Peer peer = Peer.open(Peer.signedUrl(elevenLabs, "agent_sandbox"))) {
      peer.send(
          """
          {"type":"conversation_initiation_client_data","conversation_config_override":
           {"conversation":{"client_events":["audio","agent_response","user_transcript","vad_score"]}}}\
          """);
      peer.awaitSaying(CLIPS.clip("greeting").text());
      peer.says("book-table");
      peer.awaitSaying(CLIPS.clip("ask-people").text());

      assertThat(peer.soFar("interruption")).isEmpty();
      assertThat(peer.soFar("ping")).isEmpty();
      assertThat(peer.await("vad_score").at("/vad_score_event/vad_score").isNumber()).isTrue();
    }
  }

  @Test
  void pongsAreCheckedAndTimed() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.NORMAL).withoutPongs()) {
      JsonNode ping = peer.await("ping");
      int id = ping.at("/ping_event/event_id").intValue();
      peer.send("{\"type\":\"pong\",\"event_id\":" + id + "}");
      peer.send("{\"type\":\"pong\",\"event_id\":" + id + "}");
      peer.send("{\"type\":\"pong\",\"event_id\":4711}");
      peer.await(m -> m.at("/ping_event/event_id").asInt(0) > 0);

      AgentSession session = session(peer);
      assertThat(session.pongs()).extracting(AgentSession.Pong::eventId).contains(0);
      assertThat(session.pongs().getFirst().latency()).isLessThan(Duration.ofSeconds(2));
      assertThat(session.protocolErrors()).hasSizeBetween(1, 2).last().asString().contains("4711");
    }
  }

  @Test
  void aToolIsCalledAndItsResultAwaited() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.TOOL)) {
      peer.awaitSaying(CLIPS.clip("greeting").text());
      peer.says("book-table");
      peer.awaitSaying(CLIPS.clip("ask-people").text());
      peer.says("two-people");
      JsonNode call = peer.await("client_tool_call").path("client_tool_call");
      assertThat(call.path("tool_name").asString()).isEqualTo("check_availability");
      assertThat(call.path("parameters").path("party_size").intValue()).isEqualTo(2);
      assertThat(peer.soFar("agent_response"))
          .noneMatch(m -> m.toString().contains(CLIPS.clip("ask-time").text()));
      peer.send(
          "{\"type\":\"client_tool_result\",\"tool_call_id\":\"%s\",\"result\":\"none\",\"is_error\":true}"
              .formatted(call.path("tool_call_id").asString()));

      peer.awaitSaying(CLIPS.clip("ask-time").text());
      assertThat(session(peer).toolResults())
          .singleElement()
          .satisfies(result -> {
            assertThat(result.result()).isEqualTo("none");
            assertThat(result.isError()).isTrue();
            assertThat(result.late()).isFalse();
          });
      assertThat(session(peer).protocolErrors()).isEmpty();
    }
  }

  @Tag("faults")
  @Test
  void aToolWithoutAResultIsGivenUp() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.TOOL)) {
      peer.send("{\"type\":\"user_message\",\"text\":\"A table, please.\"}");
      peer.awaitSaying(CLIPS.clip("ask-people").text());
      peer.send("{\"type\":\"user_message\",\"text\":\"Two.\"}");

      peer.awaitSaying(CLIPS.clip("ask-time").text());
      assertThat(session(peer).first("tool timed out")).isPresent();
    }
  }

  @Test
  void unrecognisedSpeechIsTranscribedByItsLength() {
    byte[] hum = new byte[160 * 60];
    for (int i = 0; i < hum.length; i++) {
      hum[i] = Mulaw.fromLinear((int) (8_000 * Math.sin(i * 0.3)));
    }
    byte[] turn = Arrays.copyOf(hum, hum.length + 600 * 8);
    Arrays.fill(turn, hum.length, turn.length, Mulaw.SILENCE);
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.NORMAL)) {
      peer.await("audio");
      peer.frames(turn);

      assertThat(peer.await("user_transcript").at("/user_transcription_event/user_transcript"))
          .hasToString("\"[unrecognised speech, 1.2 s]\"");
    }
  }

  @Test
  void aFirstMessageOfOnesOwnIsSaidWithItsVariables() {
    try (Peer peer = Peer.open(Peer.signedUrl(elevenLabs, "agent_sandbox"))) {
      peer.send(
          """
          {"type":"conversation_initiation_client_data","user_id":"u1",
           "dynamic_variables":{"name":"Ana","attempt":2},
           "conversation_config_override":{"agent":{"first_message":"Hi {{name}}, number {{attempt}}."}}}\
          """);

      peer.awaitSaying("Hi Ana, number 2.");
      peer.messages().filter(m -> Peer.type(m).equals("audio")).take(15).blockLast(SOON);
      assertThat(audio(peer)).isEqualTo(CLIPS.clip("greeting").ulaw());
      assertThat(session(peer).initiationData().orElseThrow().path("user_id").asString())
          .isEqualTo("u1");
    }
  }

  @Tag("faults")
  @Test
  void aSilentCallerIsAskedOnceThenLeft() {
    try (Peer peer = Peer.open(Peer.signedUrl(elevenLabs, "agent_sandbox"))) {
      peer.send(
          """
          {"type":"conversation_initiation_client_data",
           "conversation_config_override":{"agent":{"first_message":""}}}\
          """);

      peer.awaitSaying("Are you still there?");
      peer.awaitSaying("Thank you for calling. Goodbye.");
      assertThat(peer.closeCode()).isEqualTo(1000);
      assertThat(peer.soFar("agent_response")).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PCM_16000", "PCM_24000", "PCM_IN", "PCM_OUT"})
  void pcmIsSpokenAndUnderstood(AgentBehaviour behaviour) {
    try (Peer peer = Peer.begin(elevenLabs, behaviour)) {
      JsonNode metadata =
          peer.await("conversation_initiation_metadata")
              .path("conversation_initiation_metadata_event");
      assertThat(metadata.path("agent_output_audio_format").asString())
          .isEqualTo(behaviour.output().wireName());
      assertThat(metadata.path("user_input_audio_format").asString())
          .isEqualTo(behaviour.input().wireName());
      peer.messages().filter(m -> Peer.type(m).equals("audio")).take(15).blockLast(SOON);
      byte[] spoken = audio(peer);
      assertThat(spoken).hasSize(CLIPS.clip("greeting").ulaw().length * behaviour.output().block());
      assertThat(CLIPS.recognise(behaviour.output().toUlaw(spoken)))
          .contains(CLIPS.clip("greeting"));

      byte[] turn = Arrays.copyOf(CLIPS.clip("book-table").ulaw(), 25_000);
      Arrays.fill(turn, CLIPS.clip("book-table").ulaw().length, turn.length, Mulaw.SILENCE);
      peer.audio(behaviour.input().fromUlaw(turn));
      assertThat(peer.await("user_transcript").at("/user_transcription_event/user_transcript"))
          .hasToString("\"Hello, I would like to book a table.\"");
    }
  }

  @Test
  void whatTheCallerSaidIsKept() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.NORMAL)) {
      peer.await("audio");
      peer.says("book-table");
      peer.await("user_transcript");
      peer.hangUp();

      AgentSession session = session(peer);
      session.ended().block(SOON);
      assertThat(session.closedByClient()).isTrue();
      assertThat(session.closeCode()).hasValue(1000);
      assertThat(CLIPS.identify(session.callerAudio())).contains(CLIPS.clip("book-table"));
      assertThat(session.callerBytes()).isEqualTo(session.callerAudio().length);
      assertThat(session.callerFrames()).isEqualTo((int) session.callerBytes() / 160);
    }
  }

  @RepeatedTest(20)
  void whoVanishesHasNotSaidGoodbye() {
    try (Peer peer = Peer.begin(elevenLabs, AgentBehaviour.NORMAL)) {
      peer.await("audio");
      peer.vanish();

      AgentSession session = session(peer);
      session.ended().block(SOON);
      assertThat(session.closedByClient()).isTrue();
      assertThat(session.closeCode()).hasValue(1006);
    }
  }

  private record Exchange(String agent, String caller) {}

  private static void listenTo(Clip clip) {
    Mono.delay(clip.duration().plusMillis(100)).block(SOON);
  }

  static AgentSession session(Peer peer) {
    String id =
        peer.await("conversation_initiation_metadata")
            .at("/conversation_initiation_metadata_event/conversation_id")
            .asString();
    return elevenLabs.session(id).orElseThrow();
  }

  static byte[] audio(Peer peer) {
    ByteArrayOutputStream audio = new ByteArrayOutputStream();
    for (JsonNode message : peer.soFar("audio")) {
      String base64 = message.at("/audio_event/audio_base_64").asString();
      audio.writeBytes(Base64.getDecoder().decode(base64));
    }
    return audio.toByteArray();
  }
}
