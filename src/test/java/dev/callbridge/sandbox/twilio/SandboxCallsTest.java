package dev.callbridge.sandbox.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import com.twilio.security.RequestValidator;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Calls from the first ring to the last callback.
class SandboxCallsTest extends SandboxTwilioFixture {
  private static final String ALL =
      "StatusCallbackEvent=initiated&StatusCallbackEvent=ringing"
          + "&StatusCallbackEvent=answered&StatusCallbackEvent=completed";

  private final RequestValidator validator = new RequestValidator(TOKEN);

  @Test
  void anInboundCallRingsThenRunsItsTwiml() {
    server.twiml("/voice", "<Say>Hello</Say><Pause length='1'/><Say>again.</Say>");
    SandboxCall call = settled(callIn());

    ScriptedServer.Hook voice = server.await("/voice");
    assertThat(voice.form())
        .containsEntry("CallStatus", "ringing")
        .containsEntry("Direction", "inbound")
        .containsEntry("ApiVersion", "2010-04-01")
        .containsEntry("From", "+15551112222")
        .containsEntry("Caller", "+15551112222")
        .containsEntry("To", "+15553334444")
        .containsEntry("Called", "+15553334444")
        .containsEntry("AccountSid", ACCOUNT)
        .containsEntry("CallSid", call.callSid())
        .containsEntry("FromCity", "");
    assertSigned(voice);
    assertThat(call.spoken()).containsExactly("Hello", "again.");
    assertThat(server.hooks("/status"))
        .singleElement()
        .satisfies(last -> {
          assertThat(last.get("CallStatus")).isEqualTo("completed");
          assertThat(last.get("CallDuration")).isEqualTo("1");
          assertThat(last.get("Duration")).isEqualTo("1");
          assertSigned(last);
        });
  }

  @Test
  void anOutboundCallReportsTheEventsAskedFor() {
    server.twiml("/voice", "<Say>Hi</Say>");
    var created =
        rest.post(
            "Calls.json",
            "To=%2B15550002000&From=%2B15550001000&Url="
                + server.http("/voice?id=7")
                + "&StatusCallback="
                + server.http("/status?id=7%2B1%23rc=2")
                + "&"
                + ALL);
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.get("status")).isEqualTo("queued");
    SandboxCall call = settled(Objects.requireNonNull(twilio.call(created.get("sid"))));

    List<ScriptedServer.Hook> hooks = server.hooks("/status");
    assertThat(hooks)
        .extracting(hook -> hook.get("CallStatus"))
        .containsExactly("initiated", "ringing", "in-progress", "completed");
    assertThat(hooks)
        .extracting(hook -> hook.get("SequenceNumber"))
        .containsExactly("0", "1", "2", "3");
    assertThat(hooks)
        .allSatisfy(hook -> {
          assertSigned(hook);
          assertThat(hook.get("CallbackSource")).isEqualTo("call-progress-events");
          assertThat(DateTimeFormatter.RFC_1123_DATE_TIME.parse(hook.get("Timestamp"))).isNotNull();
          assertThat(hook.get("Timestamp")).endsWith("+0000");
          assertThat(hook.uri()).isEqualTo("/status?id=7+1");
        });
    assertThat(hooks.get(2).form()).doesNotContainKey("CallDuration");
    ScriptedServer.Hook voice = server.await("/voice");
    assertThat(voice.uri()).isEqualTo("/voice?id=7");
    assertThat(voice.get("CallStatus")).isEqualTo("in-progress");
    assertThat(voice.get("Direction")).isEqualTo("outbound-api");
    assertSigned(voice);
    assertThat(call.finalStatus()).isEqualTo("completed");
    assertThat(twilio.creates())
        .singleElement()
        .satisfies(create -> assertThat(create.callSid()).isEqualTo(call.callSid()));
  }

  @ParameterizedTest
  @CsvSource({"+15550002001,busy,486", "+15550002002,no-answer,487", "+15550002003,failed,404"})
  void aCallNobodyTakesAsksForNoTwiml(String to, String status, String sip) {
    SandboxCall call = settled(place(to, Map.of()));
    assertThat(call.finalStatus()).isEqualTo(status);
    ScriptedServer.Hook last = server.await("/status");
    assertThat(last.get("CallStatus")).isEqualTo(status);
    assertThat(last.get("CallDuration")).isEqualTo("0");
    assertThat(last.get("SipResponseCode")).isEqualTo(sip);
    assertThat(server.hooks("/voice")).isEmpty();
  }

  @Test
  void ringsNoLongerThanAsked() {
    SandboxCall call = over(place("+15550002000", Map.of("Timeout", "1")));
    assertThat(call.finalStatus()).isEqualTo("no-answer");
  }

  @Test
  void callbacksOfOneNumberComeReversedAndThreeTimes() {
    server.twiml("/voice", "<Hangup/>");
    SandboxCall call =
        settled(
            Objects.requireNonNull(
                twilio.call(
                    rest.post(
                            "Calls.json",
                            "To=%2B15550002017&From=%2B15550001000&Url="
                                + server.http("/voice")
                                + "&StatusCallback="
                                + server.http("/status")
                                + "&"
                                + ALL)
                        .get("sid"))));
    assertThat(call.finalStatus()).isEqualTo("completed");
    assertThat(server.hooks("/status"))
        .extracting(hook -> hook.get("SequenceNumber"))
        .containsExactly("3", "3", "3", "2", "2", "2", "1", "1", "1", "0", "0", "0");
  }

  @ParameterizedTest
  @CsvSource({
    "500,text/xml,<Response/>,11200",
    "404,text/xml,<Response/>,11200",
    "200,application/json,{},12300",
    "200,text/plain,<Response/>,12300",
    "200,text/xml,<Response>,12100",
    "200,text/xml,,12100"
  })
  void aFailedWebhookLeadsToTheFallback(int status, String type, String body, int code) {
    server.answer("/voice", status, type, body == null ? "" : body);
    server.twiml("/fallback", "<Say>We will call you back.</Say>");
    SandboxCall call = over(callIn());
    ScriptedServer.Hook fallback = server.await("/fallback");
    assertThat(fallback.get("ErrorCode")).isEqualTo(Integer.toString(code));
    assertThat(fallback.get("ErrorUrl")).isEqualTo(server.http("/voice"));
    assertSigned(fallback);
    assertThat(call.spoken()).containsExactly("We will call you back.");
    assertThat(call.verdicts()).containsExactly(code);
  }

  @Test
  void aSlowWebhookIsGivenUpOn() {
    server.answer("/slow", 200, "text/xml", "<Response/>", Duration.ofSeconds(5));
    server.twiml("/fallback", "<Say>Sorry.</Say>");
    SandboxCall call =
        over(
            place(
                "+15550002000",
                Map.of(
                    "Url", server.http("/slow#rt=200"),
                    "FallbackUrl", server.http("/fallback"))));
    assertThat(call.spoken()).containsExactly("Sorry.");
    assertThat(call.verdicts()).containsExactly(11200);
    assertThat(server.hooks("/slow")).hasSize(1);
  }

  @Test
  void retriesAsTheFragmentSays() {
    server.answer("/flaky", 503, "text/plain", "");
    over(place("+15550002000", Map.of("Url", server.http("/flaky#rc=2&rp=ct,5xx"))));
    List<ScriptedServer.Hook> attempts = server.hooks("/flaky");
    assertThat(attempts).hasSize(3).allSatisfy(this::assertSigned);
    assertThat(attempts)
        .extracting(hook -> hook.headers().get("I-Twilio-Idempotency-Token"))
        .containsOnly(attempts.getFirst().headers().get("I-Twilio-Idempotency-Token"));
  }

  @Test
  void aServerThatDoesNotListenLeavesTheCallToTwiliosApology() {
    SandboxCall call = over(place("+15550002000", Map.of("Url", "http://127.0.0.1:1/voice")));
    assertThat(call.verdicts()).containsExactly(11205);
    assertThat(call.finalStatus()).isEqualTo("completed");
    assertThat(SandboxMediaStreamTest.details(call, "hang-up")).containsExactly("by twilio");
  }

  @Test
  void redirectsAndDialsComeBackWithTheirResult() {
    server.twiml("/voice", "<Redirect>/next?a=1</Redirect><Say>never</Say>");
    server.twiml("/next", "<Dial action='/dialled'><Number>+15550002001</Number></Dial>");
    server.twiml("/dialled", "<Dial action='/again'>+15550002000</Dial>");
    server.twiml("/again", "<Hangup/>");
    SandboxCall call = over(callIn());
    assertThat(server.await("/next").uri()).isEqualTo("/next?a=1");
    assertThat(server.await("/dialled").get("DialCallStatus")).isEqualTo("busy");
    assertThat(server.await("/again").get("DialCallStatus")).isEqualTo("completed");
    assertThat(server.await("/again").get("DialCallDuration")).isEqualTo("5");
    assertThat(call.spoken()).isEmpty();
    assertThat(call.verdicts()).isEmpty();
  }

  @Test
  void aRejectedCallIsNeverAnswered() {
    server.twiml("/voice", "<Reject reason='busy'/>");
    SandboxCall call = settled(callIn());
    assertThat(call.finalStatus()).isEqualTo("busy");
    assertThat(server.await("/status").get("CallDuration")).isEqualTo("0");
  }

  @Test
  void aRedirectLoopEnds() {
    server.twiml("/voice", "<Redirect>/voice</Redirect>");
    over(callIn());
    assertThat(server.hooks("/voice")).hasSize(100);
  }

  @Test
  void theTimeLimitEndsTheCall() {
    server.twiml("/voice", "<Connect>" + server.stream() + "</Connect>");
    SandboxCall call = over(place("+15550002008", Map.of("TimeLimit", "1")));
    assertThat(SandboxMediaStreamTest.details(call, "hang-up")).containsExactly("by time limit");
    server.socket().await("stop");
  }

  @ParameterizedTest
  @CsvSource({"+15550002000,human", "+15550002007,machine_start"})
  void machineDetectionReportsBesideTheTwiml(String to, String found) {
    server.twiml("/voice", "<Pause length='10'/>");
    SandboxCall call =
        over(
            place(
                to,
                Map.of(
                    "MachineDetection", "Enable",
                    "AsyncAmd", "true",
                    "AsyncAmdStatusCallback", server.http("/amd"))));
    ScriptedServer.Hook amd = server.await("/amd");
    assertThat(amd.form())
        .containsEntry("AnsweredBy", found)
        .containsEntry("CallSid", call.callSid())
        .containsKey("MachineDetectionDuration");
    assertSigned(amd);
    assertThat(server.await("/voice").form()).doesNotContainKey("AnsweredBy");
    assertThat(rest.get("Calls/" + call.callSid() + ".json").get("answered_by")).isEqualTo(found);
  }

  @Test
  void detectionToTheEndReportsWhenTheBeepIsOver() {
    server.twiml("/voice", "<Connect>" + server.stream() + "</Connect>");
    SandboxCall call =
        place(
            "+15550002007",
            Map.of(
                "MachineDetection", "DetectMessageEnd",
                "AsyncAmd", "true",
                "AsyncAmdStatusCallback", server.http("/amd")));
    assertThat(server.await("/amd").get("AnsweredBy")).isEqualTo("machine_end_beep");
    assertThat(SandboxMediaStreamTest.details(call, "caller"))
        .containsExactly("speaks voicemail-greeting", "speaks beep");
    call.hangUp();
    over(call);
  }

  @Test
  void synchronousDetectionComesWithTheRequestForTwiml() {
    server.twiml("/voice", "<Hangup/>");
    over(place("+15550002007", Map.of("MachineDetection", "Enable")));
    assertThat(server.await("/voice").get("AnsweredBy")).isEqualTo("machine_start");
  }

  @Test
  void someNumbersHangUpAtOnce() {
    server.twiml("/voice", "<Connect>" + server.stream() + "</Connect>");
    SandboxCall call = over(place("+15550002005", Map.of()));
    assertThat(call.finalStatus()).isEqualTo("completed");
    assertThat(SandboxMediaStreamTest.details(call, "hang-up")).containsExactly("by caller");
  }

  @Test
  void someNumbersPressKeys() {
    server.twiml("/voice", "<Connect>" + server.stream() + "</Connect>");
    place("+15550002016", Map.of());
    server.socket().media(speech(Duration.ofMillis(300)));
    assertThat(server.socket().take("dtmf", 4))
        .extracting(message -> message.json().path("dtmf").path("digit").asString())
        .containsExactly("1", "2", "3", "#");
  }

  private void assertSigned(ScriptedServer.Hook hook) {
    assertThat(validator.validate(server.http(hook.uri()), hook.form(), hook.signature()))
        .as("signature of %s", hook.uri())
        .isTrue();
  }
}
