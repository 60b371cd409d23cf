package dev.callbridge.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.r2dbc.core.DatabaseClient;
import tools.jackson.databind.JsonNode;

/// Keys from their making to their end, and what each may have.
@CallbridgeTest
@ExtendWith(OutputCaptureExtension.class)
final class ApiKeysApiTests {

  private static final String PATH = "/api/v1/api-keys";
  private static final String CALLS = "/api/v1/calls?limit=1";
  private static final String BUSY = "{\"to\":\"+15550002001\"}";

  private final Callbridge callbridge;
  private final DatabaseClient database;
  private final Visitor admin;

  ApiKeysApiTests(@Autowired Callbridge callbridge, @Autowired DatabaseClient database) {
    this.callbridge = callbridge;
    this.database = database;
    this.admin = new Visitor(callbridge.settings());
  }

  @Test
  void aKeyIsShownOnceAndStoredNowhere(CapturedOutput log) {
    JsonNode made =
        admin.makeKey(
            "\"calls:read\"",
            """
            ,"countries":["US"],"expiresAt":"2100-01-01T00:00:00Z","limits":{"callsPerDay":7}\
            """);
    String key = made.path("key").asString();
    String id = made.path("id").asString();
    assertThat(key).startsWith("cbk_").hasSize(47).startsWith(made.path("prefix").asString());

    assertThat(admin.get(CALLS, key).status()).isEqualTo(200);
    JsonNode shown = admin.get(PATH + "/" + id, "sandbox").json();

    assertThat(shown.has("key")).isFalse();
    assertThat(shown.at("/limits/callsPerDay").asInt()).isEqualTo(7);
    assertThat(shown.at("/limits/requestsPerMinute").asInt()).isEqualTo(6000);
    assertThat(shown.at("/countries/0").asString()).isEqualTo("US");
    assertThat(Instant.parse(shown.path("lastUsedAt").asString())).isBefore(Instant.now());
    assertThat(admin.get(PATH, "sandbox").body()).contains(id).doesNotContain(key);
    assertThat(row(id)).contains(made.path("prefix").asString()).doesNotContain(key);
    assertThat(log.getAll()).contains(made.path("name").asString()).doesNotContain(key);
  }

  @Test
  void aRevokedKeyIsRefusedAtOnceAndItsNameIsFree(CapturedOutput log) {
    JsonNode made = admin.makeKey("\"calls:read\"", "");
    String key = made.path("key").asString();
    String name = made.path("name").asString();
    String again = "{\"name\":\"%s\",\"scopes\":[\"calls:read\"]}".formatted(name);
    assertThat(admin.get(CALLS, key).status()).isEqualTo(200);
    assertThat(admin.post(PATH, "sandbox", again).status()).isEqualTo(409);

    JsonNode revoked = admin.delete(PATH + "/" + made.path("id").asString(), "sandbox").json();

    var refused = admin.get(CALLS, key);
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.body()).contains("revoked");
    assertThat(log.getAll()).contains("key " + name + " from " + admin.address() + " refused");
    assertThat(
            admin
                .delete(PATH + "/" + made.path("id").asString(), "sandbox")
                .json()
                .path("revokedAt"))
        .isEqualTo(revoked.path("revokedAt"));
    assertThat(admin.post(PATH, "sandbox", again).status()).isEqualTo(201);
  }

  @Test
  void anotherInstanceRefusesARevokedKeySecondsLater() {
    StoredKeys elsewhere = new StoredKeys(database);
    JsonNode made = admin.makeKey("\"calls:read\"", "");
    String key = made.path("key").asString();
    assertThat(isRevoked(elsewhere, key)).isFalse();

    admin.delete(PATH + "/" + made.path("id").asString(), "sandbox");

    Callbridge.eventually(() -> isRevoked(elsewhere, key), "the key is still taken");
  }

  private static boolean isRevoked(StoredKeys keys, String key) {
    return Objects.requireNonNull(keys.find(key).block(Callbridge.SOON)).isRevoked();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                      | name",
        "{\"name\":\"a b\",\"scopes\":[\"admin\"]}               | name",
        "{\"name\":\"user:x\",\"scopes\":[\"admin\"]}            | name",
        "{\"name\":7,\"scopes\":[\"admin\"]}                     | name",
        "{\"name\":\"x\"}                                        | scopes",
        "{\"name\":\"x\",\"scopes\":[]}                          | scopes",
        "{\"name\":\"x\",\"scopes\":[\"root\"]}                  | scopes",
        "{\"name\":\"x\",\"scopes\":[null]}                      | scopes",
        "{\"name\":\"x\",\"scopes\":[\"admin\"],\"countries\":[]} | countries",
        "{\"name\":\"x\",\"scopes\":[\"admin\"],\"countries\":[\"FR\"]} | countries",
        "{\"name\":\"x\",\"scopes\":[\"admin\"],\"expiresAt\":\"tomorrow\"} | expiresAt",
        "{\"name\":\"x\",\"scopes\":[\"admin\"],\"expiresAt\":\"2020-01-01T00:00:00Z\"} | expiresAt",
        "{\"name\":\"x\",\"scopes\":[\"admin\"],\"limits\":{\"callsPerDay\":0}} | limits.callsPerDay",
        "{\"name\":\"x\",\"scopes\":[\"admin\"],\"limits\":{\"callsPerDay\":\"9\"}} | limits.callsPerDay",
        "{\"name\":\"x\",\"scopes\":[\"admin\"],\"limits\":{\"calls\":1}} | limits.calls",
        "{\"name\":\"x\",\"scopes\":[\"admin\"],\"scope\":1}     | scope",
        "not json                                                | body",
        "null                                                    | body"
      })
  void everyFieldThatIsWrongIsNamed(String body, String field) {
    var answer = admin.post(PATH, "sandbox", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo(field);
  }

  @Test
  void noKeyTakesTheNameOfAConfiguredOne() {
    assertThat(
            admin
                .post(PATH, "sandbox", "{\"name\":\"sandbox\",\"scopes\":[\"calls:read\"]}")
                .status())
        .isEqualTo(409);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE"})
  void aKeyThatIsNotThereIsNotFound(String method) {
    String path = PATH + "/" + UUID.randomUUID();

    assertThat(admin.send(method, path, "", "X-API-Key", "sandbox").status()).isEqualTo(404);
  }

  @Test
  void aKeyCallsTheCountriesItHas() {
    String key = admin.makeKey("\"calls:write\"", ",\"countries\":[\"GB\"]").path("key").asString();
    int before = callbridge.twilio().creates().size();

    var refused = admin.call(key, BUSY);

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.json().at("/errors/0/field").asString()).isEqualTo("to");
    assertThat(callbridge.twilio().creates()).hasSize(before);
  }

  @Test
  void requestsThatComeTooOftenAreToldWhenToComeAgainAndHaveNoEffect() {
    JsonNode made = admin.makeKey("\"calls:write\"", ",\"limits\":{\"requestsPerMinute\":1}");
    String key = made.path("key").asString();
    assertThat(admin.delete("/api/v1/calls/" + UUID.randomUUID(), key).status()).isEqualTo(404);

    var refused = admin.call(key, BUSY);

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Content-Type")).contains("application/problem+json");
    assertThat(Integer.parseInt(refused.header("Retry-After").orElseThrow())).isBetween(1, 61);
    assertThat(calls(made.path("name").asString())).isZero();
    // Nobody else pays for it.
    assertThat(admin.get(CALLS, "sandbox").status()).isEqualTo(200);
  }

  @Test
  void aQuotaThatIsUsedUpIsNamedAndARepeatIsNotRefused() {
    JsonNode made =
        admin.makeKey("\"calls:write\"", ",\"limits\":{\"callsPerDestinationPerDay\":1}");
    String key = made.path("key").asString();
    String[] once = {
      "X-API-Key", key, "Content-Type", "application/json", "Idempotency-Key", "once"
    };
    var first = admin.send("POST", "/api/v1/calls", BUSY, once);
    assertThat(first.status()).isEqualTo(202);

    var second = admin.call(key, BUSY);
    var repeat = admin.send("POST", "/api/v1/calls", BUSY, once);

    assertThat(second.status()).isEqualTo(429);
    JsonNode problem = second.json();
    assertThat(problem.path("quota").asString()).isEqualTo("callsPerDestinationPerDay");
    assertThat(problem.path("limit").asInt()).isEqualTo(1);
    assertThat(Instant.parse(problem.path("freesAt").asString())).isAfter(Instant.now());
    assertThat(Integer.parseInt(second.header("Retry-After").orElseThrow())).isPositive();
    assertThat(repeat.status()).isEqualTo(202);
    assertThat(repeat.header("Idempotency-Replayed")).contains("true");
    assertThat(admin.call(key, "{\"to\":\"+15550002002\"}").status()).isEqualTo(202);
    assertThat(calls(made.path("name").asString())).isEqualTo(2);
  }

  @Test
  void whoSendsManyWrongKeysIsNotAnsweredAnyMoreAndOthersAre() {
    Visitor guesser = new Visitor(callbridge.settings());
    int refused = 0;
    var answer = guesser.get(CALLS, Keys.make());
    while (answer.status() == 401 && refused < 500) {
      refused++;
      answer = guesser.get(CALLS, Keys.make());
    }

    // More than the bucket holds: it fills again while they come, and faster than a slow machine
    // asks.
    assertThat(refused).isGreaterThanOrEqualTo(100).isLessThan(500);
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.header("Retry-After")).isPresent();
    assertThat(guesser.get(CALLS, "sandbox").status()).isEqualTo(200);
    assertThat(admin.get(CALLS, Keys.make()).status()).isEqualTo(401);
  }

  private String row(String id) {
    return Objects.requireNonNull(
        database
            .sql("SELECT row_to_json(k)::text AS row FROM api_key k WHERE id = :id")
            .bind("id", UUID.fromString(id))
            .map(row -> Objects.requireNonNull(row.get("row", String.class)))
            .one()
            .block(Callbridge.SOON));
  }

  private long calls(String name) {
    return Objects.requireNonNull(
        database
            .sql("SELECT count(*) AS n FROM call WHERE api_key = :name")
            .bind("name", name)
            .map(row -> Objects.requireNonNull(row.get("n", Long.class)))
            .one()
            .block(Callbridge.SOON));
  }
}
