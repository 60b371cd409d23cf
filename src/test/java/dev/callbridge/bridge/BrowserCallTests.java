package dev.callbridge.bridge;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallState;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.RawCaller;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls that no carrier brings: who may open their socket, what the page that does is believed,
/// and how they end without anybody to ask.
@CallbridgeTest
final class BrowserCallTests {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @Autowired private Callbridge callbridge;
  @Autowired private DatabaseClient database;

  private List<SandboxCall> known = List.of();

  @BeforeEach
  void whatTwilioKnows() {
    callbridge.assertNothingLeft();
    known = callbridge.twilio().calls();
  }

  @AfterEach
  void twilioKnowsNothingOfIt() {
    callbridge.assertNothingLeft();
    assertThat(callbridge.twilio().calls()).containsExactlyElementsOf(known);
  }

  @Test
  void aTicketOpensOneSocketFromOurOwnPages() {
    Begun begun = begin("{}");

    assertThat(dial(begun, "https://example.com")).isEqualTo(403);
    assertThat(dial(begun, origin().replace("http:", "https:"))).isEqualTo(403);
    assertThat(dial(begun, "null")).isEqualTo(403);
    assertThat(dial(begun, "")).isEqualTo(403);
    assertThat(dial(begun, origin().replace("127.0.0.1", "localhost"))).isEqualTo(101);
    assertThat(dial(begun, origin())).as("a second time").isEqualTo(403);
  }

  @Test
  void aTicketIsForItsOwnKindOfSocket() {
    Begun begun = begin("{}");
    try (RawCaller caller = caller()) {
      String ticket = begun.path().substring(begun.path().lastIndexOf('/') + 1);
      URI twilios = callbridge.settings().socket("/twilio/media/" + ticket);
      assertThat(caller.dial(twilios)).isEqualTo(403);

      URI rung = caller.ring("");
      String other = rung.getPath().substring(rung.getPath().lastIndexOf('/') + 1);
      Begun stolen =
          new Begun(begun.id(), begun.path().replace(ticket, other), begun.callSid(), "");
      assertThat(dial(stolen, origin())).isEqualTo(403);
      assertThat(caller.dial(rung)).as("spared").isEqualTo(101);
    }
    known = callbridge.twilio().calls();
  }

  @Test
  void aStreamThatNamesAnotherCallIsClosed() {
    Begun begun = begin("{}");
    try (RawCaller page = caller()) {
      assertThat(dial(page, begun, origin())).isEqualTo(101);
      page.connected().start("browser-1", UUID.randomUUID().toString());

      assertThat(page.closeCode()).isEqualTo(1008);
    }
  }

  @Test
  void theAgentIsToldWhatWasAskedForAndWhatThePageSaysLaterIsNot() {
    Begun begun = begin("{\"variables\":{\"name\":\"John\"}}");
    try (RawCaller page = caller()) {
      assertThat(dial(page, begun, origin())).isEqualTo(101);
      page.connected()
          .send(
              """
              {"event":"start","sequenceNumber":"1","streamSid":"browser-2","start":{\
              "streamSid":"browser-2","callSid":"%s","tracks":["inbound"],\
              "customParameters":{"name":"Mallory","other":"1"}}}\
              """
                  .formatted(begun.callSid()));
      page.awaitVoice();
      Call call = callbridge.await(begun.id(), c -> c.truth().conversationId() != null);

      JsonNode told = callbridge.session(call).initiationData().orElseThrow();
      assertThat(told.path("dynamic_variables").path("name").asString()).isEqualTo("John");
      assertThat(told.path("dynamic_variables").has("other")).isFalse();
      assertThat(call.truth().twilioCallSid()).isNull();
    }
    callbridge.await(begun.id(), Call::isOver);
  }

  @Test
  void anOperatorCanHangUp() {
    Begun begun = begin("{}");
    try (RawCaller page = caller()) {
      assertThat(dial(page, begun, origin())).isEqualTo(101);
      page.connected().start("browser-3", begun.callSid());
      callbridge.await(begun.id(), c -> c.truth().timings().firstAgentAudio() != null);
      assertThat(api("DELETE", "/api/v1/calls/" + begun.id(), "").statusCode()).isEqualTo(202);

      assertThat(page.closeCode()).isEqualTo(1000);
    }
    Call call = callbridge.await(begun.id(), Call::isOver);
    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.OPERATOR);
    JsonNode told = json(api("GET", "/api/v1/calls/" + begun.id(), ""));
    assertThat(told.path("carrier").asString()).isEqualTo("BROWSER");
    assertThat(told.path("cost").path("twilio").path("status").asString()).isEqualTo("FINAL");
  }

  @Test
  void aCallThatNoPageTakesUpIsSettledWithoutAskingTwilio() {
    Begun begun = begin("{}");
    run("UPDATE call SET settle_after = now() WHERE id = :id", begun.id());

    Call call = callbridge.await(begun.id(), Call::isOver);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.CALLER_ABANDONED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.CALLER);
    assertThat(call.truth().reason()).isEqualTo("before_the_stream");
  }

  @Test
  void aCallWhoseInstanceDiedIsInterrupted() {
    Begun begun = begin("{}");
    UUID dead = UUID.randomUUID();
    run("INSERT INTO relay_instance (id, lease_until) VALUES (:id, now() - interval '1 s')", dead);
    database
        .sql(
            """
            INSERT INTO call_event (call_id, kind, source, source_key, at, details)
            VALUES (:id, 'MEDIA_CONNECTED', 'RELAY', '1', now(),
              jsonb_build_object('session', '1', 'instance', :dead))
            """)
        .bind("id", begun.id())
        .bind("dead", dead.toString())
        .then()
        .block(Callbridge.SOON);
    run("UPDATE call SET settle_after = now() WHERE id = :id", begun.id());

    Call call = callbridge.await(begun.id(), Call::isOver);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.INTERRUPTED);
    assertThat(call.truth().reason()).isEqualTo("instance_lost");
  }

  @Test
  void whatIsAskedForIsChecked() {
    HttpResponse<String> wrong =
        api(
            "POST",
            "/api/v1/browser-calls",
            "{\"assistant\":\"nobody\",\"language\":\"1\",\"variables\":{\"a b\":1}}");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("\"assistant\"", "\"language\"", "\"variables.?\"");
    assertThat(api("POST", "/api/v1/browser-calls", "{\"to\":\"+15550002000\"}").body())
        .contains("\"to\"", "is not a field");
  }

  private record Begun(UUID id, String path, String callSid, String streamSid) {}

  private Begun begin(String body) {
    HttpResponse<String> answer = api("POST", "/api/v1/browser-calls", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    JsonNode begun = json(answer);
    assertThat(begun.path("call").path("state").asString()).isEqualTo(CallState.CREATED.name());
    JsonNode media = begun.path("media");
    return new Begun(
        UUID.fromString(begun.path("call").path("id").asString()),
        media.path("path").asString(),
        media.path("callSid").asString(),
        media.path("streamSid").asString());
  }

  private int dial(Begun begun, String origin) {
    try (RawCaller page = caller()) {
      return dial(page, begun, origin);
    }
  }

  private int dial(RawCaller page, Begun begun, String origin) {
    Map<String, String> headers = origin.isEmpty() ? Map.of() : Map.of("Origin", origin);
    return page.dialing(callbridge.settings().socket(begun.path()), headers)
        .orTimeout(15, SECONDS)
        .join();
  }

  private RawCaller caller() {
    return RawCaller.of(callbridge.settings(), "+15550002000");
  }

  private String origin() {
    return callbridge.settings().publicUrl("").toString();
  }

  private void run(String sql, UUID id) {
    database.sql(sql).bind("id", id).then().block(Callbridge.SOON);
  }

  private HttpResponse<String> api(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(callbridge.settings().publicUrl(path))
            .timeout(Duration.ofSeconds(15))
            .header("X-API-Key", "sandbox")
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      return HTTP.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return new JsonMapper().readTree(answer.body());
  }
}
