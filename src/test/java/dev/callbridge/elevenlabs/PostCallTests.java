package dev.callbridge.elevenlabs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PostCallTests {

  @Test
  void readsWhatIsKept() {
    ConversationReport report =
        report(
            """
            {"conversation_id":"conv_1","agent_id":"agent_1","status":"done","new_field":[1],
             "metadata":{"cost":296,"cost_fiat":0.0451,"call_duration_secs":27,"termination_reason":"end_call"},
             "analysis":{"call_successful":"success","call_summary_title":"T","transcript_summary":"S",
               "evaluation_criteria_results":{"c":{"result":"success"}},
               "data_collection_results":{"d":{"value":1.50}}}}
            """);

    assertThat(report)
        .isEqualTo(
            new ConversationReport(
                "conv_1",
                "agent_1",
                "done",
                "success",
                "T",
                "S",
                "{\"c\":{\"result\":\"success\"}}",
                report.collected(),
                27,
                296L,
                new BigDecimal("0.0451"),
                "end_call"));
    assertThat(report.isFinal()).isTrue();
    assertThat(report.toString()).doesNotContain("S]").contains("conv_1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"conversation_id\":\"c\"}",
        "{\"conversation_id\":\"c\",\"analysis\":null,\"metadata\":null}",
        "{\"conversation_id\":\"c\",\"analysis\":7,\"metadata\":[]}",
        "{\"conversation_id\":\"c\",\"metadata\":{\"cost\":\"9\",\"cost_fiat\":{}}}",
        "{\"conversation_id\":\"c\",\"metadata\":{\"cost\":1e9,\"cost_fiat\":1e999999999}}",
        "{\"conversation_id\":\"c\",\"metadata\":{\"cost\":99999999999999999999,\"cost_fiat\":-1}}",
        "{\"conversation_id\":\"c\",\"metadata\":{\"cost_fiat\":1e-999999,\"call_duration_secs\":-1}}",
        "{\"conversation_id\":\"c\",\"metadata\":{\"call_duration_secs\":1e30}}"
      })
  void whatIsMissingOrAbsurdIsNotKnown(String data) {
    ConversationReport report = report(data);

    assertThat(report.credits()).isNull();
    assertThat(report.usd()).isNull();
    assertThat(report.durationSeconds()).isNull();
    assertThat(report.successful()).isNull();
    assertThat(report.isFinal()).isFalse();
  }

  @Test
  void textHasABoundAndNoNul() {
    ConversationReport report =
        report(
            """
            {"conversation_id":"c","analysis":{"call_successful":"maybe","transcript_summary":"%s",
             "call_summary_title":"a\\u0000b","evaluation_criteria_results":{"x":"%s"}}}
            """
                .formatted("s".repeat(20_000), "y".repeat(70_000)));

    assertThat(report.summary()).hasSize(ConversationReport.MAX_SUMMARY);
    assertThat(report.title()).isEqualTo("a\uFFFDb");
    assertThat(report.successful()).isEqualTo("unknown");
    assertThat(report.evaluation()).isNull();
  }

  @Test
  void otherTypesAreTold() {
    assertThat(read("{\"type\":\"post_call_audio\",\"data\":{\"conversation_id\":\"c\"}}"))
        .isEqualTo(new PostCall.Audio("c"));
    assertThat(
            read(
                "{\"type\":\"call_initiation_failure\",\"data\":{\"conversation_id\":\"c\","
                    + "\"failure_reason\":\"no-answer\"}}"))
        .isEqualTo(new PostCall.InitiationFailure("c", "no-answer"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "7",
        "{",
        "}{",
        "{\"type\":\"post_call_transcription\"}",
        "{\"type\":\"post_call_transcription\",\"data\":null}",
        "{\"type\":\"post_call_transcription\",\"data\":{\"conversation_id\":7}}",
        "{\"type\":\"post_call_transcription\",\"data\":{\"conversation_id\":\"\"}}",
        "{\"type\":\"post_call_transcription\",\"data\":{\"conversation_id\":\"a\\nb\"}}",
        "{\"type\":\"post_call_transcription\",\"data\":{\"conversation_id\":\"../../x\"}}",
        "{\"type\":\"event_of_tomorrow\",\"data\":{\"conversation_id\":\"c\"}}",
        "{\"type\":{},\"data\":{\"conversation_id\":\"c\"}}",
        "\u0000\u0001\u0002"
      })
  void whatMakesNoSenseIsUnrecognized(String body) {
    assertThat(read(body)).isEqualTo(new PostCall.Unrecognized());
  }

  @Test
  void whatIsTooDeepIsUnrecognized() {
    assertThat(read("[".repeat(100_000))).isEqualTo(new PostCall.Unrecognized());
  }

  private static PostCall read(String body) {
    return PostCall.read(body.getBytes(UTF_8));
  }

  private static ConversationReport report(String data) {
    PostCall message = read("{\"type\":\"post_call_transcription\",\"data\":" + data + "}");
    assertThat(message).isInstanceOf(PostCall.Transcription.class);
    return ((PostCall.Transcription) message).report();
  }
}
