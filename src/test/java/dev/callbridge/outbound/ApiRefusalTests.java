package dev.callbridge.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/// What the API does not do, and how it says so. Nothing here makes anybody's phone ring.
@CallbridgeTest
final class ApiRefusalTests {

  private final Callbridge callbridge;
  private final Api api;
  private int creates;

  ApiRefusalTests(@Autowired Callbridge callbridge) {
    this.callbridge = callbridge;
    this.api = new Api(callbridge.settings());
  }

  @BeforeEach
  void count() {
    creates = callbridge.twilio().creates().size();
  }

  @AfterEach
  void nobodyWasRung() {
    assertThat(callbridge.twilio().creates()).hasSize(creates);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                  | to",
        "{\"to\":null}                                       | to",
        "{\"to\":\"5550002000\"}                             | to",
        "{\"to\":15550002000}                                | to",
        "{\"to\":[\"+15550002000\"]}                         | to",
        "{\"to\":\"+15550002000\",\"from\":\"+15550009999\"} | from",
        "{\"to\":\"+15550002000\",\"assistant\":\"nobody\"}  | assistant",
        "{\"to\":\"+15550002000\",\"variables\":[]}          | variables",
        "{\"to\":\"+15550002000\",\"variables\":{\"a b\":1}} | variables.?",
        "{\"to\":\"+15550002000\",\"variables\":{\"system__x\":1}} | variables.system__x",
        "{\"to\":\"+15550002000\",\"variables\":{\"a\":{}}}  | variables.a",
        "{\"to\":\"+15550002000\",\"variables\":{\"a\":null}} | variables.a",
        "{\"to\":\"+15550002000\",\"variables\":{\"a\":\"\\u0000\"}} | variables.a",
        "{\"to\":\"+15550002000\",\"firstMessage\":\"\\u0007\"} | firstMessage",
        "{\"to\":\"+15550002000\",\"firstMessage\":1}        | firstMessage",
        "{\"to\":\"+15550002000\",\"language\":\"klingon!\"} | language",
        "{\"to\":\"+15550002000\",\"voiceId\":\"../x\"}      | voiceId",
        "{\"to\":\"+15550002000\",\"machineDetection\":\"yes\"} | machineDetection",
        "{\"to\":\"+15550002000\",\"ringTimeoutSeconds\":4}  | ringTimeoutSeconds",
        "{\"to\":\"+15550002000\",\"ringTimeoutSeconds\":601} | ringTimeoutSeconds",
        "{\"to\":\"+15550002000\",\"ringTimeoutSeconds\":1.5} | ringTimeoutSeconds",
        "{\"to\":\"+15550002000\",\"ringTimeoutSeconds\":99999999999} | ringTimeoutSeconds",
        "{\"to\":\"+15550002000\",\"maxDurationSeconds\":9}  | maxDurationSeconds",
        "{\"to\":\"+15550002000\",\"maxDurationSeconds\":14401} | maxDurationSeconds",
        "{\"to\":\"+15550002000\",\"metadata\":7}            | metadata",
        "{\"to\":\"+15550002000\",\"metadata\":{\"a\":\"\\u0000\"}} | metadata",
        "{\"to\":\"+15550002000\",\"tto\":1}                 | tto",
        "{\"to\":\"+15550002000\",\"to\":\"+15550002001\"}   | body",
        "{\"to\":\"+15550002000\"} {}                        | body",
        "not json                                            | body",
        "[]                                                  | body",
        "null                                                | body",
        "{\"to\":                                            | body"
      })
  void everyFieldThatIsWrongIsNamed(String body, String field) {
    Api.Answer answer = api.place(body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.type()).contains("application/problem+json");
    assertThat(answer.get("/errors/0/field")).isEqualTo(field);
    assertThat(answer.get("/errors/0/problem")).isNotEmpty();
    assertThat(answer.get("/status")).isEqualTo("400");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    Api.Answer answer =
        api.place(
            """
            {"to":"x","from":"y","assistant":"z","language":"1","ringTimeoutSeconds":0}\
            """);

    assertThat(answer.json().path("errors").size()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+33612345678", "+19002345678", "+881621234567"})
  void aNumberThatMayNotBeCalledIsForbidden(String to) {
    Api.Answer answer = api.place("{\"to\":\"" + to + "\"}");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.get("/errors/0/field")).isEqualTo("to");
  }

  @Test
  void withoutAnIdempotencyKeyNothingIsPlaced() {
    for (@Nullable String key : new @Nullable String[] {null, "", "k".repeat(201)}) {
      Api.Answer answer = api.place("{\"to\":\"+15550002000\"}", key);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.get("/errors/0/field")).isEqualTo("Idempotency-Key");
    }
  }

  @Test
  void anEmptyBodyIsNoRequest() {
    assertThat(api.place("").get("/errors/0/field")).isEqualTo("body");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer ", "Bearer wrong", "Basic c2FuZGJveDpzYW5kYm94", "sandbox"})
  void withoutAGoodKeyNobodyIsLetIn(String authorization) {
    for (String path : new String[] {"/api/v1/calls", "/api/v1/calls/" + UUID.randomUUID()}) {
      var request = api.request(path);
      if (!authorization.isEmpty()) {
        request.header("Authorization", authorization);
      }
      Api.Answer answer = api.send(request);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.type()).contains("application/problem+json");
      assertThat(answer.get("/status")).isEqualTo("401");
      assertThat(answer.body()).doesNotContain("sandbox").doesNotContain("wrong");
    }
    assertThat(
            api.send(
                    api.request("/api/v1/calls")
                        .POST(BodyPublishers.ofString("{\"to\":\"+15550002000\"}"))
                        .header("Content-Type", "application/json")
                        .header("X-API-Key", "wrong"))
                .status())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/other", "/api/v1/other", "/api/v2/calls", "/metrics", "/actuator/health"})
  void aRouteThatIsNotNamedIsRefused(String path) {
    assertThat(api.send(api.request(path)).status()).isEqualTo(401);
    assertThat(api.get(path).status()).isEqualTo(403);
  }

  @Test
  void aCallThatIsNotThereIsNotFound() {
    String path = "/api/v1/calls/" + UUID.randomUUID();

    for (Api.Answer answer :
        new Api.Answer[] {
          api.get(path), api.get(path + "/events"), api.get(path + "/transcript"), api.delete(path)
        }) {
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.type()).contains("application/problem+json");
    }
    assertThat(api.get("/api/v1/calls/not-an-id").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=0", "limit=201", "limit=-1", "limit=x", "before=x"})
  void aPageThatCannotBeIsRefused(String query) {
    assertThat(api.get("/api/v1/calls?" + query).status()).isEqualTo(400);
  }

  /// Answers from the database come on another thread than those without it. One connection takes
  /// both, however they follow each other.
  @Test
  void aConnectionThatIsKeptGoesOnBeingRead() {
    String unknown = "/api/v1/calls/" + UUID.randomUUID();

    for (int i = 0; i < 200; i++) {
      assertThat(api.get(unknown).status()).isEqualTo(404);
      assertThat(api.get("/api/v1/calls/not-an-id").status()).isEqualTo(400);
      assertThat(api.get("/api/v1/calls?limit=0").status()).isEqualTo(400);
    }
  }
}
