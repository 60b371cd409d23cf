package dev.callbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

final class SettingsCheckTests {

  private static final String KEY = "k".repeat(SettingsCheck.MIN_KEY_LENGTH);

  private final Map<String, String> settings =
      new LinkedHashMap<>(
          Map.of(
              "callbridge.twilio.account-sid", "AC1",
              "callbridge.twilio.auth-tokens", "token",
              "callbridge.twilio.phone-number", "+15550001000",
              "callbridge.twilio.public-origin", "https://voice.example.com",
              "callbridge.twilio.webhook-origin", "https://hooks.example.com:8443/",
              "callbridge.assistants.default.agent-id", "agent_1",
              "callbridge.elevenlabs.api-key", "key",
              "spring.r2dbc.url", "r2dbc:postgresql://localhost/callbridge",
              "callbridge.access.api-keys", "crm:calls:read:" + KEY + ",ops:admin:" + KEY));

  @Test
  void nothingIsWrongWithGoodSettings() {
    assertThat(problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "callbridge.twilio.account-sid, TWILIO_ACCOUNT_SID",
    "callbridge.twilio.auth-tokens, TWILIO_AUTH_TOKEN",
    "callbridge.twilio.phone-number, TWILIO_PHONE_NUMBER",
    "callbridge.assistants.default.agent-id, ELEVENLABS_AGENT_ID",
    "callbridge.elevenlabs.api-key, ELEVENLABS_API_KEY",
    "spring.r2dbc.url, SPRING_R2DBC_URL",
    "callbridge.access.api-keys, CALLBRIDGE_API_KEYS",
    "callbridge.twilio.public-origin, BASE_URL"
  })
  void whatIsMissingIsNamedByItsVariable(String property, String variable) {
    for (String blank : new String[] {"", "  "}) {
      settings.put(property, blank);
      assertThat(problems()).singleElement().asString().startsWith(variable + " is not set");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://voice.example.com",
        "ws://voice.example.com",
        "voice.example.com",
        "https://voice.example.com/path",
        "https:///x",
        "https://exa mple.com",
        "ftp://voice.example.com"
      })
  void anOriginIsHttpsAndNothingMore(String origin) {
    settings.put("callbridge.twilio.public-origin", origin);

    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith("BASE_URL is not")
        .contains(origin);
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:8080, true",
    "http://127.0.0.1:8080, true",
    "http://[::1]:8080, true",
    "http://10.0.0.1, false",
    "http://127.0.0.1.example.com, false",
    "http://voice.example.com, false"
  })
  void anInsecureOriginIsForThisMachineOnly(String origin, boolean allowed) {
    settings.put("callbridge.twilio.public-origin", origin);

    assertThat(problems().isEmpty()).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"crm", "crm:key", "crm:admin:short", "ok:admin:%1$s,crm:admin:short"})
  void aBadKeyIsNamedAndNotPrinted(String keys) {
    settings.put("callbridge.access.api-keys", keys.formatted(KEY));

    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith("CALLBRIDGE_API_KEYS")
        .contains("crm")
        .doesNotContain("short")
        .doesNotContain(KEY);
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    settings.replaceAll((_, _) -> "");

    assertThat(problems()).hasSize(8);
  }

  @Test
  void webhooksComeInByTheSameNameUnlessTheyHaveTheirOwn() {
    settings.put("callbridge.twilio.webhook-origin", "");
    assertThat(problems()).isEmpty();

    settings.put("callbridge.twilio.webhook-origin", "http://hooks.example.com");
    assertThat(problems()).singleElement().asString().startsWith("WEBHOOK_BASE_URL is not https");
  }

  @Test
  void publicAgentsNeedNoKey() {
    settings.put("callbridge.elevenlabs.api-key", "");
    settings.put("callbridge.elevenlabs.public-agents", "true");

    assertThat(problems()).isEmpty();
  }

  @Test
  void aWebhookSecretThatCanBeGuessedIsCountedAndNotPrinted() {
    settings.put("callbridge.elevenlabs.webhook-secrets", KEY + ", guess");

    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith("ELEVENLABS_WEBHOOK_SECRET")
        .contains("5 characters")
        .doesNotContain("guess")
        .doesNotContain(KEY);
  }

  @Test
  void webhooksNeedNoSecretWhereTheyAreNotUsed() {
    settings.put("callbridge.elevenlabs.webhook-secrets", "");

    assertThat(problems()).isEmpty();
  }

  @Test
  void theSandboxNeedsNothing() {
    MockEnvironment environment = new MockEnvironment();
    environment.setActiveProfiles("sandbox");

    assertThat(SettingsCheck.problems(environment)).isEmpty();
  }

  private java.util.List<String> problems() {
    MockEnvironment environment = new MockEnvironment();
    settings.forEach(environment::setProperty);
    return SettingsCheck.problems(environment);
  }
}
