package dev.callbridge.telephony;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.twilio.Signing;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;

/// What is not Twilio's own request is refused, and leaves nothing behind: no agent, no row.
@CallbridgeTest
final class WebhookSecurityTests {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final String VOICE = "/twilio/voice?name=John";

  private final Callbridge callbridge;
  private final DatabaseClient database;
  private final Webhooks webhooks;
  private final Map<String, String> form;
  private int agents;
  private long rows;

  WebhookSecurityTests(@Autowired Callbridge callbridge, @Autowired DatabaseClient database) {
    this.callbridge = callbridge;
    this.database = database;
    this.webhooks = new Webhooks(callbridge.settings());
    this.form = webhooks.call("ringing");
  }

  @BeforeEach
  void count() {
    agents = callbridge.elevenlabs().sessions().size();
    rows = rows();
  }

  @AfterEach
  void nothingIsLeftBehind() {
    assertThat(callbridge.elevenlabs().sessions()).hasSize(agents);
    assertThat(rows()).isEqualTo(rows);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/twilio/voice",
        "/api/v1/elevenlabs-twilio/call/incoming",
        "/twiml",
        "/twilio/voice/after-stream?call=00000000-0000-0000-0000-000000000001",
        "/twilio/voice/fallback",
        "/twilio/status",
        "/twilio/status/00000000-0000-0000-0000-000000000001",
        "/twilio/stream-status/00000000-0000-0000-0000-000000000001",
        "/twilio/amd/00000000-0000-0000-0000-000000000001",
        "/twilio/recording/00000000-0000-0000-0000-000000000001",
        "/twilio/nothing-here"
      })
  void everyWebhookNeedsTwiliosSignature(String path) {
    assertThat(webhooks.post(path, form, new String[0]).status()).isEqualTo(403);
    assertThat(webhooks.post(path, form, "").status()).isEqualTo(403);
    assertThat(webhooks.post(path, form, Signing.hmac("another token", path)).status())
        .isEqualTo(403);
  }

  @Test
  void aSignatureThatIsAnyhowDifferentIsForged() {
    String signature = webhooks.sign(VOICE, form);

    assertThat(webhooks.post(VOICE, form, signature.toLowerCase(Locale.ROOT)).status())
        .isEqualTo(403);
    assertThat(webhooks.post(VOICE, form, signature.substring(0, 20)).status()).isEqualTo(403);
    assertThat(webhooks.post(VOICE, form, signature + "=").status()).isEqualTo(403);
    assertThat(webhooks.post(VOICE, form, signature, signature).status()).isEqualTo(403);
    assertThat(webhooks.post(VOICE, form, "x", signature).status()).isEqualTo(403);
  }

  @Test
  void aParameterThatMovedChangedOrCameAlongIsForged() {
    String signature = webhooks.sign(VOICE, form);
    Map<String, String> moved = new LinkedHashMap<>(form);
    moved.put("name", "John");
    Map<String, String> changed = new LinkedHashMap<>(form);
    changed.put("From", "+15550008888");
    Map<String, String> missing = new LinkedHashMap<>(form);
    missing.remove("To");

    assertThat(webhooks.post("/twilio/voice", moved, signature).status()).isEqualTo(403);
    assertThat(webhooks.post(VOICE, moved, signature).status()).isEqualTo(403);
    assertThat(webhooks.post(VOICE, changed, signature).status()).isEqualTo(403);
    assertThat(webhooks.post(VOICE, missing, signature).status()).isEqualTo(403);
    assertThat(webhooks.post("/twilio/voice?name=Jane", form, signature).status()).isEqualTo(403);
    assertThat(webhooks.post("/twilio/voice", form, signature).status()).isEqualTo(403);
    assertThat(webhooks.post("/twiml?name=John", form, signature).status()).isEqualTo(403);
  }

  @Test
  void whatWasSignedForAnotherHostIsNotForUs() {
    String token = callbridge.settings().authTokens().getFirst().value();
    String elsewhere = Signing.sign(token, "https://elsewhere.example" + VOICE, form);

    assertThat(webhooks.post(VOICE, form, elsewhere).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AC99999999999999999999999999999999", "x"})
  void anotherAccountsCallIsNotOurs(String account) {
    form.put("AccountSid", account);

    assertThat(webhooks.post(VOICE, form).status()).isEqualTo(403);
  }

  @Test
  void aNameThatComesTwiceIsAGuessAndRefused() {
    String body = Webhooks.encode(form) + "&From=%2B15550008888";
    Map<String, String> signed = new LinkedHashMap<>(form);
    // In order of value: the second one sorts first.
    signed.put("From", "+15550008888From" + form.get("From"));

    assertThat(
            webhooks
                .send(
                    webhooks
                        .request(VOICE, body)
                        .header("X-Twilio-Signature", webhooks.sign(VOICE, signed)))
                .status())
        .isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({"application/json, 415", "text/plain, 415", "multipart/form-data, 415"})
  void onlyAFormIsRead(String type, int status) {
    String body = Webhooks.encode(form);
    var request =
        java.net.http.HttpRequest.newBuilder(webhooks.url(VOICE))
            .header("Content-Type", type)
            .header("X-Twilio-Signature", webhooks.sign(VOICE, form))
            .POST(BodyPublishers.ofString(body));

    assertThat(webhooks.send(request).status()).isEqualTo(status);
  }

  @Test
  void aBodyThatIsTooLargeIsNotRead() {
    form.put("CallerName", "x".repeat(WebhookFilter.MAX_BODY_BYTES));

    assertThat(webhooks.post(VOICE, form).status()).isEqualTo(413);
  }

  @Test
  void moreParametersThanTwilioHasAreNotRead() {
    for (int i = 0; i < 100; i++) {
      form.put("P" + i, "1");
    }

    assertThat(webhooks.post(VOICE, form).status()).isEqualTo(400);
  }

  @Test
  void aBrokenEscapeIsNotRead() {
    assertThat(
            webhooks
                .send(webhooks.request(VOICE, "a=%zz").header("X-Twilio-Signature", "x"))
                .status())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "PATCH"})
  void onlyPostAndGetAreAnswered(String method) {
    var request =
        webhooks
            .request(VOICE, "")
            .method(method, BodyPublishers.noBody())
            .header("X-Twilio-Signature", webhooks.sign(VOICE, Map.of()));

    assertThat(webhooks.send(request).status()).isEqualTo(405);
    assertThat(webhooks.get(VOICE).status()).isEqualTo(404);
  }

  @Test
  void evidenceOfACallThatIsNotKnownIsThanked() {
    String path = "/twilio/status/00000000-0000-0000-0000-000000000001";

    assertThat(webhooks.post(path, form).status()).isEqualTo(204);
    assertThat(webhooks.post("/twilio/status/not-an-id", form).status()).isEqualTo(204);
    assertThat(webhooks.post("/twilio/status", form).status()).isEqualTo(204);
  }

  private long rows() {
    return Objects.requireNonNull(
        database
            .sql("SELECT (SELECT count(*) FROM media_ticket) + (SELECT count(*) FROM call) AS n")
            .map(row -> Objects.requireNonNull(row.get("n", Long.class)))
            .one()
            .block(SOON));
  }
}
