package dev.callbridge.elevenlabs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.elevenlabs.ServerEvents.Event;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

final class ServerEventsTests {

  private static final Duration SOON = Duration.ofSeconds(5);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicLong nanos = new AtomicLong();
  private final ServerEvents events = new ServerEvents(meters, nanos::get);

  @Test
  void theMetadataMakesTheAgentReadyOnce() {
    assertThat(metadata("ulaw_8000", "ulaw_8000"))
        .isEqualTo(new Event.Ready(new FromAgent.Ready("conv_1")));
    assertThat(metadata("ulaw_8000", "ulaw_8000")).isInstanceOf(Event.Nothing.class);
  }

  @Test
  void aConversationWithoutAnIdIsNone() {
    refuses("metadata_without_conversation_id", METADATA.formatted("", "ulaw_8000", "ulaw_8000"));
  }

  @Test
  void aFormatThatIsNotKnownIsNotGuessed() {
    refuses("unknown_audio_format", METADATA.formatted("conv_1", "opus_48000", "ulaw_8000"));
  }

  @Test
  void audioIsPassedOnAsItCame() {
    metadata("ulaw_8000", "ulaw_8000");

    FromAgent event =
        said(
            """
            {"type":"audio","audio_event":{"audio_base_64":"//8=","event_id":3,
             "alignment":{"chars":["H","i"],"char_start_times_ms":[0,9],"char_durations_ms":[9,9]}}}
            """);

    assertThat(event)
        .isInstanceOfSatisfying(
            FromAgent.Audio.class,
            audio -> {
              assertThat(audio.eventId()).isEqualTo(3);
              assertThat(new String(audio.payload(), UTF_8)).isEqualTo("//8=");
              assertThat(audio.alignment()).isNotNull();
            });
  }

  @Test
  void anAlignmentThatDoesNotFitIsNone() {
    metadata("ulaw_8000", "ulaw_8000");

    for (String alignment :
        new String[] {
          "{}",
          "{\"chars\":[\"a\"],\"char_start_times_ms\":[0,1]}",
          "{\"chars\":[\"ab\"],\"char_start_times_ms\":[0]}",
          "{\"chars\":[\"a\"],\"char_start_times_ms\":[null]}"
        }) {
      assertThat(
              said(
                  "{\"type\":\"audio\",\"audio_event\":{\"audio_base_64\":\"//8=\",\"alignment\":"
                      + alignment
                      + "}}"))
          .isInstanceOfSatisfying(
              FromAgent.Audio.class, audio -> assertThat(audio.alignment()).isNull());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "//8", "UklGRiQAAABXQVZF", "{}"})
  void soundThatIsNoneIsCountedAndNotPlayed(String payload) {
    metadata("ulaw_8000", "ulaw_8000");

    assertThat(read("{\"type\":\"audio\",\"audio_event\":{\"audio_base_64\":\"" + payload + "\"}}"))
        .isInstanceOf(Event.Nothing.class);
    assertThat(meters.counter("callbridge.agent.messages.malformed").count()).isEqualTo(1);
  }

  @Test
  void audioBeforeTheMetadataHasNoFormatToBePlayedIn() {
    assertThat(read("{\"type\":\"audio\",\"audio_event\":{\"audio_base_64\":\"//8=\"}}"))
        .isInstanceOf(Event.Nothing.class);
  }

  @Test
  void audioOfAnotherFormatIsTranscoded() {
    metadata("pcm_16000", "pcm_16000");
    String silence = java.util.Base64.getEncoder().encodeToString(new byte[640]);

    assertThat(said("{\"type\":\"audio\",\"audio_event\":{\"audio_base_64\":\"" + silence + "\"}}"))
        .isInstanceOfSatisfying(
            FromAgent.Audio.class, audio -> assertThat(audio.millis()).isBetween(15L, 20L));
    assertThat(meters.counter("callbridge.agent.transcoded").count()).isEqualTo(1);
  }

  @Test
  void pingsAreAnsweredWhateverTheyHold() {
    assertThat(read("{\"type\":\"ping\",\"ping_event\":{\"event_id\":0,\"ping_ms\":null}}"))
        .isEqualTo(new Event.Ping(0));
    assertThat(read("{\"type\":\"ping\"}")).isInstanceOf(Event.Nothing.class);
  }

  @Test
  void wordsAndToolsArePassedOn() {
    assertThat(
            said(
                """
                {"type":"user_transcript","user_transcription_event":{"user_transcript":"Hi"}}\
                """))
        .isEqualTo(new FromAgent.CallerSaid("Hi"));
    assertThat(
            said(
                "{\"type\":\"agent_response\",\"agent_response_event\":{\"agent_response\":\"Yo\"}}"))
        .isEqualTo(new FromAgent.AgentSaid("Yo"));
    assertThat(
            said(
                """
                {"type":"agent_response_correction","agent_response_correction_event":
                 {"original_agent_response":"a b","corrected_agent_response":"a","event_id":1}}\
                """))
        .isEqualTo(new FromAgent.AgentCorrected("a"));
    assertThat(
            said(
                """
                {"type":"client_tool_call","client_tool_call":{"tool_name":"book","tool_call_id":"t1",
                 "parameters":{"n":2},"event_id":1}}\
                """))
        .isEqualTo(new FromAgent.ToolCall("t1", "book", Map.of("n", 2)));
  }

  @Test
  void anInterruptionWithoutAnIdMeansEverythingSoFar() {
    metadata("ulaw_8000", "ulaw_8000");
    read("{\"type\":\"audio\",\"audio_event\":{\"audio_base_64\":\"//8=\",\"event_id\":8}}");

    assertThat(said("{\"type\":\"interruption\"}")).isEqualTo(new FromAgent.Interruption(8));
    assertThat(said("{\"type\":\"interruption\",\"interruption_event\":{\"event_id\":5}}"))
        .isEqualTo(new FromAgent.Interruption(5));
  }

  @ParameterizedTest
  @CsvSource({
    "agent_tool_response, end_call, false, true",
    "agent_tool_response_full_payload, end_call, false, true",
    "agent_tool_response, end_call, true, false",
    "agent_tool_response, language_detection, false, false"
  })
  void onlyAnEndCallThatWorkedIsAGoodbye(String type, String tool, boolean error, boolean goodbye) {
    Event event =
        read(
            "{\"type\":\"%s\",\"%s\":{\"tool_name\":\"%s\",\"tool_call_id\":\"t\",\"is_error\":%s}}"
                .formatted(type, type, tool, error));

    assertThat(event.equals(new Event.Speak(new FromAgent.Goodbye()))).isEqualTo(goodbye);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "asr_initiation_metadata",
        "tentative_user_transcript",
        "agent_chat_response_part",
        "agent_reasoning_response_part",
        "vad_score",
        "agent_tool_request",
        "mcp_tool_call",
        "mcp_connection_status",
        "context_usage",
        "guardrail_triggered",
        "rich_content",
        "agent_typing",
        "external_agent_connected",
        "external_agent_disconnected",
        "internal_turn_probability",
        "internal_tentative_agent_response",
        "error",
        "agent_response_complete",
        "agent_response_metadata",
        "client_error",
        "dtmf_request",
        "conversation_initiation_metadata",
        "audio",
        "user_transcript",
        "agent_response",
        "agent_response_correction",
        "client_tool_call",
        "agent_tool_response",
        "ping"
      })
  void everyPublishedTypeIsKnownEvenWithoutItsPayload(String type) {
    assertThat(read("{\"type\":\"" + type + "\",\"more\":{\"a\":[1]}}"))
        .isInstanceOf(Event.Nothing.class);
    assertThat(meters.find("callbridge.agent.messages.unrecognized").counter()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\":\"tomorrow\",\"x\":1}", "{}", "{\"audio\":{\"chunk\":\"\"}}"})
  void whatIsNotKnownIsCountedAndIgnored(String message) {
    assertThat(read(message)).isInstanceOf(Event.Nothing.class);
    assertThat(meters.counter("callbridge.agent.messages.unrecognized").count()).isEqualTo(1);
  }

  @Test
  void aFewMessagesThatCannotBeReadAreForgivenButNotManyInAWhile() {
    for (int i = 0; i < 100; i++) {
      assertThat(read("not json")).isInstanceOf(Event.Nothing.class);
      nanos.addAndGet(Duration.ofMillis(501).toNanos());
    }
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    for (int i = 0; i < 20; i++) {
      read("{\"type\":");
      read("{\"type\":\"vad_score\"}");
    }
    refuses("malformed", "[[[");
  }

  @Test
  void workOfItsOwnAndASkippedTurnExplainSilence() {
    assertThat(said("{\"type\":\"agent_tool_request\",\"agent_tool_request\":{}}"))
        .isEqualTo(new FromAgent.Working());
    assertThat(
            said(
                """
                {"type":"agent_tool_response","agent_tool_response":{"tool_name":"skip_turn"}}\
                """))
        .isEqualTo(new FromAgent.Waiting());
  }

  @Test
  void onlyANormalCloseOfAReadyAgentIsAnEnding() {
    StepVerifier.create(events.ended(1000))
        .expectErrorSatisfies(e -> reason(e, "refused_1000"))
        .verify(SOON);
    metadata("ulaw_8000", "ulaw_8000");
    StepVerifier.create(events.ended(1000)).expectComplete().verify(SOON);
    StepVerifier.create(events.ended(1011))
        .expectErrorSatisfies(e -> reason(e, "closed_1011"))
        .verify(SOON);
  }

  @Test
  void theErrorThatWasAnnouncedIsTheReason() {
    read("{\"type\":\"error\",\"error_event\":{\"code\":1008,\"error_type\":\"override_error\"}}");

    StepVerifier.create(events.ended(1008))
        .expectErrorSatisfies(e -> reason(e, "override_error"))
        .verify(SOON);
  }

  @Test
  void anErrorTypeThatWouldForgeALogLineIsNotTheReason() {
    read("{\"type\":\"error\",\"error_event\":{\"error_type\":\"a\\nERROR forged\"}}");

    StepVerifier.create(events.ended(1008))
        .expectErrorSatisfies(e -> reason(e, "refused_1008"))
        .verify(SOON);
  }

  private static final String METADATA =
      """
      {"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":
       {"conversation_id":"%s","agent_output_audio_format":"%s","user_input_audio_format":"%s"}}\
      """;

  private Event metadata(String speaks, String listens) {
    return read(METADATA.formatted("conv_1", speaks, listens));
  }

  private FromAgent said(String message) {
    return ((Event.Speak) read(message)).event();
  }

  private Event read(String message) {
    return events.read(Unpooled.wrappedBuffer(message.getBytes(UTF_8)));
  }

  private void refuses(String reason, String message) {
    assertThatExceptionOfType(AgentException.class)
        .isThrownBy(() -> read(message))
        .satisfies(e -> reason(e, reason));
  }

  private static void reason(Throwable e, String reason) {
    assertThat(((AgentException) e).reason()).isEqualTo(reason);
  }
}
