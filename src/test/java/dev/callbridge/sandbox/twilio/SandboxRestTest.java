package dev.callbridge.sandbox.twilio;

import static dev.callbridge.sandbox.twilio.ScriptedServer.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/// The REST API as a client sees it.
class SandboxRestTest extends SandboxTwilioFixture {

  @Test
  void aCallHasTwiliosShape() {
    server.twiml("/voice", "<Say>Hi</Say>");
    SandboxCall call = over(place("+15550002000", Map.of()));
    var json = rest.get("Calls/" + call.callSid() + ".json").json();
    assertThat(json.path("sid").asString()).isEqualTo(call.callSid());
    assertThat(json.path("status").asString()).isEqualTo("completed");
    assertThat(json.path("duration").isString()).isTrue();
    assertThat(json.path("start_time").asString()).endsWith("+0000");
    assertThat(json.path("end_time").isString()).isTrue();
    assertThat(json.path("price").isNull()).isTrue();
    assertThat(json.path("price_unit").asString()).isEqualTo("USD");
    assertThat(json.path("direction").asString()).isEqualTo("outbound-api");
    assertThat(json.path("parent_call_sid").isNull()).isTrue();
  }

  @Test
  void aCallIsRatedSomeTimeAfterItsEnd() {
    server.twiml("/voice", "<Say>Hi</Say>");
    SandboxCall call = over(place("+15550002000", Map.of()));
    String price =
        Flux.interval(Duration.ofMillis(250), Schedulers.boundedElastic())
            .map(_ -> rest.get("Calls/" + call.callSid() + ".json").json().path("price"))
            .filter(found -> !found.isNull())
            .map(found -> found.asString())
            .blockFirst(SOON);
    assertThat(price).isEqualTo("-0.0140");
  }

  @ParameterizedTest
  @CsvSource({
    "To=banana&From=%2B15550001000&Url=http://h/v,400,21211",
    "From=%2B15550001000&Url=http://h/v,400,21201",
    "To=%2B15550002000&From=x&Url=http://h/v,400,21212",
    "To=%2B15550002000&From=%2B15550001000,400,21205",
    "To=%2B15550002000&From=%2B15550001000&Url=nonsense,400,21205",
    "To=%2B15550002013&From=%2B15550001000&Url=http://h/v,400,21211",
    "To=%2B15550002011&From=%2B15550001000&Url=http://127.0.0.1:1/v,503,20503"
  })
  void refusesWithTwiliosCodes(String form, int status, int code) {
    var reply = rest.post("Calls.json", form);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.json().path("code").isNumber()).isTrue();
    assertThat(reply.json().path("code").asInt()).isEqualTo(code);
    assertThat(reply.json().path("status").asInt()).isEqualTo(status);
    assertThat(reply.get("more_info")).isEqualTo("https://www.twilio.com/docs/errors/" + code);
    assertThat(twilio.creates()).hasSize(code == 20503 ? 1 : 0);
  }

  @Test
  void wantsItsCredentials() {
    try (var stranger = new RestClient(twilio, ACCOUNT, "wrong")) {
      var reply = stranger.get("Calls.json");
      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.json().path("code").asInt()).isEqualTo(20003);
    }
  }

  @Test
  void knowsNoOtherResources() {
    var missing = rest.get("Calls/CA00000000000000000000000000000000.json");
    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.json().path("code").asInt()).isEqualTo(20404);
    assertThat(rest.get("Messages.json").status()).isEqualTo(404);
  }

  @Test
  void refusesTooManyRequestsTwice() {
    Map<String, String> form = Map.of("Url", "http://127.0.0.1:1/voice");
    assertThat(rest.create("+15550002012", form).json().path("code").asInt()).isEqualTo(20429);
    assertThat(rest.create("+15550002012", form).status()).isEqualTo(429);
    assertThat(rest.create("+15550002012", form).status()).isEqualTo(201);
    assertThat(twilio.creates()).hasSize(1);
  }

  @Test
  void answersABadGatewayWithHtmlAndPlacesNothing() {
    var reply = rest.create("+15550002015", Map.of("Url", server.http("/voice")));
    assertThat(reply.status()).isEqualTo(502);
    assertThat(reply.type()).startsWith("text/html");
    assertThat(twilio.calls()).isEmpty();
  }

  @Test
  void aSlowAnswerDoesNotHoldTheCallUp() {
    server.twiml("/voice", "<Hangup/>");
    var waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                rest.create("+15550002014", Map.of("Url", server.http("/voice")));
              } catch (IllegalStateException _) {
                // The client gives up before the answer comes.
              }
            });
    server.await("/voice");
    assertThat(twilio.creates()).hasSize(1);
    assertThat(waiting.isAlive()).isTrue();
  }

  @Test
  void hangsUpAndThenKnowsNoMoreUpdates() {
    server.twiml("/voice", "<Connect>" + server.stream() + "</Connect>");
    SandboxCall call = place("+15550002008", Map.of());
    server.socket().await("media");
    String resource = "Calls/" + call.callSid() + ".json";
    assertThat(rest.post(resource, "Status=canceled").status()).isEqualTo(200);
    assertThat(rest.delete(resource).status()).isEqualTo(400);
    assertThat(call.finalStatus()).isNull();
    assertThat(rest.post(resource, "Status=completed").status()).isEqualTo(200);
    server.socket().await("stop");
    assertThat(over(call).finalStatus()).isEqualTo("completed");
    assertThat(rest.post(resource, "Status=completed").json().path("code").asInt())
        .isEqualTo(21220);
    assertThat(rest.post(resource, "Twiml=<Response/>").status()).isEqualTo(400);
    assertThat(rest.delete(resource).status()).isEqualTo(204);
    assertThat(rest.get(resource).json().path("code").asInt()).isEqualTo(20404);
  }

  @Test
  void cancelsACallThatRings() {
    // At a human's pace: it must still be ringing when it is canceled.
    try (var unhurried = SandboxTwilio.start(SETTINGS.withSpeedUp(1));
        var client = new RestClient(unhurried, ACCOUNT, TOKEN)) {
      var created = client.create("+15550002002", Map.of("Url", server.http("/voice")));
      SandboxCall call = Objects.requireNonNull(unhurried.call(created.get("sid")));
      String resource = "Calls/" + call.callSid() + ".json";
      assertThat(client.post(resource, "Twiml=<Response/>").json().path("code").asInt())
          .isEqualTo(21220);
      client.post(resource, "Status=canceled");
      assertThat(over(call).finalStatus()).isEqualTo("canceled");
    }
  }

  @Test
  void listsByNumberStatusAndTimePageByPage() {
    for (String to : new String[] {"+15550002001", "+15550002003", "+15550002001"}) {
      over(place(to, Map.of()));
    }
    String today = LocalDate.now(ZoneOffset.UTC).toString();
    assertThat(count("To=%2B15550002001")).isEqualTo(2);
    assertThat(count("Status=failed&From=%2B15550001000")).isEqualTo(1);
    assertThat(count("StartTime%3E=" + today)).isEqualTo(3);
    assertThat(count("StartTime%3C=" + today)).isZero();
    assertThat(count("To=%2B1999")).isZero();
    var first = rest.get("Calls.json?PageSize=2").json();
    assertThat(first.path("calls").size()).isEqualTo(2);
    assertThat(first.path("previous_page_uri").isNull()).isTrue();
    String next = first.path("next_page_uri").asString();
    var second = rest.get(next.substring(next.indexOf("Calls.json"))).json();
    assertThat(second.path("calls").size()).isEqualTo(1);
    assertThat(second.path("next_page_uri").isNull()).isTrue();
    assertThat(second.path("page").asInt()).isEqualTo(1);
  }

  @Test
  void recordsALiveCall() {
    server.twiml("/voice", "<Connect>" + server.stream() + "</Connect>");
    SandboxCall call = place("+15550002008", Map.of());
    server.socket().await("media");
    String resource = "Calls/" + call.callSid() + "/Recordings.json";
    var recording = rest.post(resource, "RecordingStatusCallback=" + server.http("/recording"));
    assertThat(recording.status()).isEqualTo(201);
    call.hangUp();
    settled(call);
    var done = server.await("/recording");
    assertThat(done.get("RecordingStatus")).isEqualTo("completed");
    assertThat(done.get("RecordingSid")).isEqualTo(recording.get("sid"));
    assertThat(rest.get(resource).json().path("recordings").size()).isEqualTo(1);
    assertThat(rest.post(resource, "").json().path("code").asInt()).isEqualTo(21220);
  }

  @Test
  void closingLeavesNoThreadBehind() {
    server.twiml("/voice", "<Connect>" + server.stream() + "</Connect>");
    var other = SandboxTwilio.start(SETTINGS);
    other.callIn(
        new InboundCall(
            java.net.URI.create(server.http("/voice")),
            "+15551112222",
            "+1555",
            CallerScript.answers()));
    server.socket().await("media");
    other.close();
    twilio.close();
    Long left =
        Flux.interval(Duration.ofMillis(50))
            .map(_ ->
                Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("sandbox-twilio"))
                    .count())
            .filter(count -> count == 0)
            .blockFirst(SOON);
    assertThat(left).isZero();
  }

  private int count(String query) {
    return Objects.requireNonNull(rest.get("Calls.json?" + query).json()).path("calls").size();
  }
}
