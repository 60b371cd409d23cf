package dev.callbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
              "callbridge.twilio.account-sid", "AC" + "0123456789abcdef".repeat(2),
              "callbridge.twilio.auth-tokens", KEY,
              "callbridge.twilio.phone-number", "+15550001000",
              "callbridge.twilio.public-origin", "https://voice.example.com",
              "callbridge.twilio.webhook-origin", "https://hooks.example.com:8443/",
              "callbridge.assistants.default.agent-id", "agent_1",
              "callbridge.elevenlabs.api-key", "key",
              "spring.r2dbc.url", "r2dbc:postgresql://localhost/callbridge",
              "callbridge.access.api-keys", "crm:calls:read:" + KEY + ",ops:admin:x" + KEY));

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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "callbridge.access.api-keys      | crm:root:%1$s                 | CALLBRIDGE_API_KEYS: crm has a scope",
        "callbridge.access.api-keys      | c m:admin:%1$s                | CALLBRIDGE_API_KEYS has a name",
        "callbridge.access.api-keys      | a:admin:%1$s,b:admin:%1$s     | CALLBRIDGE_API_KEYS: the key of b",
        "callbridge.access.api-keys      | a:admin:%1$s,a:admin:x%1$s    | CALLBRIDGE_API_KEYS has the name a twice",
        "callbridge.access.users         | ann:admin:sandbox             | CALLBRIDGE_USERS: the hash of ann",
        "callbridge.access.users         | ann:admin:{noop}%1$s          | CALLBRIDGE_USERS: the hash of ann",
        "callbridge.access.users         | ann:admin:{bcrypt}$2a$04$%2$s | CALLBRIDGE_USERS: the hash of ann",
        "callbridge.access.users         | ann:{bcrypt}$2a$10$%2$s       | CALLBRIDGE_USERS has an entry",
        "callbridge.access.users         | ann:x:{bcrypt}$2a$10$%2$s     | CALLBRIDGE_USERS: ann has a scope",
        "callbridge.twilio.auth-tokens   | %1$s,old                      | TWILIO_AUTH_TOKEN has a secret",
        "callbridge.twilio.account-sid   | SK00000000000000000000000000000000 | TWILIO_ACCOUNT_SID is not",
        "callbridge.twilio.phone-number  | 5550001000                    | TWILIO_PHONE_NUMBER is not",
        "callbridge.twilio.api-url       | http://api.example.com        | TWILIO_API_URL is not https",
        "callbridge.elevenlabs.api-url   | api.elevenlabs.io             | ELEVENLABS_API_URL is not",
        "callbridge.elevenlabs.api-url   | https://key@api.example.com   | ELEVENLABS_API_URL is not",
        "callbridge.twilio.public-origin | https://key@voice.example.com | BASE_URL is not an origin",
        "callbridge.twilio.public-origin | https://voice.example.com?a=1 | BASE_URL is not an origin",
        "spring.r2dbc.url                | jdbc:postgresql://localhost/x | SPRING_R2DBC_URL is not",
        "spring.r2dbc.url                | r2dbc:h2:mem:///x             | SPRING_R2DBC_URL is not",
        "callbridge.relay.max-calls      | many                          | CALLBRIDGE_MAX_CALLS is not",
        "callbridge.relay.max-calls      | 0                             | CALLBRIDGE_MAX_CALLS is not",
        "callbridge.access.limits.calls-per-day | -1                     | CALLBRIDGE_CALLS_PER_DAY is not",
        "callbridge.access.proxies       | all                           | CALLBRIDGE_PROXIES is not",
        "callbridge.access.sign-in.idle  | 0s                            | callbridge.access.sign-in.idle is no",
        "callbridge.relay.drain-limit    | soon                          | CALLBRIDGE_DRAIN_LIMIT is not",
        "callbridge.cost.twilio-per-minute | -1                          | CALLBRIDGE_TWILIO_PER_MINUTE is less",
        "callbridge.cost.twilio-per-minute | cheap                       | CALLBRIDGE_TWILIO_PER_MINUTE is not",
        "callbridge.tools.per-call       | 0                             | CALLBRIDGE_TOOLS_PER_CALL is not",
        "callbridge.speech-cache.max-size | lots                        | CALLBRIDGE_SPEECH_CACHE_SIZE is not",
        "callbridge.tools.at-once        | many                          | callbridge.tools.at-once is not",
        "callbridge.outbound.countries   | US,UK                         | CALLBRIDGE_COUNTRIES are not",
        "management.server.port          | 8080                          | MANAGEMENT_SERVER_PORT is SERVER_PORT",
        "management.server.port          | 80800                         | MANAGEMENT_SERVER_PORT is not",
        "logging.level.root              | LOUD                          | LOG_LEVEL is not"
      })
  void whatIsInsecureOrCannotBeIsNamedInOneLine(String property, String value, String problem) {
    settings.put("server.port", "8080");
    settings.put(property, value.formatted(KEY, "a".repeat(53)));

    assertThat(problems()).singleElement().asString().startsWith(problem).doesNotContain(KEY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "numbers.15550007001=default                                      |",
        "numbers[+15550007001]=a;assistants.b.numbers=+15550007001         | callbridge.assistants.b.numbers gives",
        "assistants.a.numbers=+15550007001;assistants.b.numbers=+15550007001 | callbridge.assistants.b.numbers gives",
        "assistants.a.numbers=+15550007001;numbers.15550007001=a           |",
        "assistants.a.numbers=5550007001                                  | callbridge.assistants.a.numbers has what",
        "numbers.me=a                                                     | callbridge.numbers has what",
        "assistants.a.required-variables=name,a b                         | callbridge.assistants.a.required-variables",
        "assistants.a.sentences.de.unreachable=Nein                       | callbridge.assistants.a.sentences.de is no",
        "assistants.a.silence=1s                                          | callbridge.assistants.a.silence is less",
        "assistants.a.silence=soon                                        | callbridge.assistants.a.silence cannot",
        "assistants.a.lookup=https://crm.example.com/x                    | callbridge.assistants.a.lookup is not at",
        "assistants.a.lookup=https://crm.example.com/x;lookup.hosts[0].host=CRM.example.com |",
        "assistants.a.lookup=http://crm.example.com/x;lookup.hosts[0].host=crm.example.com | callbridge.assistants.a.lookup is not https",
        "assistants.a.lookup=http://127.0.0.1/x;lookup.hosts[0].host=127.0.0.1 | callbridge.assistants.a.lookup is not https",
        "lookup.hosts[0].host=a/b                                         | callbridge.lookup.hosts has an entry",
        "lookup.hosts[0].host=a.example;lookup.hosts[0].header=X-Key      | callbridge.lookup.hosts has a header without",
        "lookup.loopback=true                                             | callbridge.lookup.loopback is for"
      })
  void assistantsThatContradictEachOtherAreNamed(String given, @Nullable String problem) {
    for (String setting : given.split(";")) {
      String[] parts = setting.split("=", 2);
      settings.put("callbridge." + parts[0], parts[1]);
    }

    if (problem == null) {
      assertThat(problems()).isEmpty();
    } else {
      assertThat(problems()).singleElement().asString().startsWith(problem);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "own.model.name=m                                    |",
        "own.prompt=x                                        | own needs either",
        "own.model.url=https://llm.example.com/v1            | own.model.name is not set",
        "own.model.name=m;own.model.url=llm.example.com      | own.model.url is not a URL",
        "own.model.name=m;own.model.url=http://a.example;own.model.api-key=k | own.model.url is not https",
        "own.model.name=m;own.fallback-model.url=https://a.example | own.fallback-model.name is not",
        "own.dialogflow.agent=me                             | own.dialogflow.agent is none",
        "own.model.name=m;own.stability=2                    | own.stability is 2.0, not",
        "own.model.name=m;own.speed=3                        | own.speed is 3.0, not",
        "own.model.name=m;own.interrupt-words=0              | own.interrupt-words is 0, not",
        "own.model.name=m;own.end-of-turn=5s                 | own.end-of-turn is not",
        "own.model.name=m;own.first-audio=1m                 | own.first-audio is not",
        "own.model.name=m;own.prompts=many                   | own.prompts cannot be read",
        "own.model.name=m;own.pronunciations[0].id=d         | own.pronunciations are not",
        "announcement.text=Hello.                            |",
        "announcement.answer-within=2s                          | announcement.text is not there",
        "announcement.text=x;announcement.confirm-key=yes    | announcement.confirm-key is no key",
        "announcement.text=x;announcement.confirm-key=1;announcement.repeat-key=1 | announcement.repeat-key is",
        "announcement.text=x;announcement.times=9            | announcement.times is 9, not",
        "announcement.text=x;own.model.name=m                | has both"
      })
  void agentsThatAreWronglyPutTogetherAreNamedInOneLine(String given, @Nullable String problem) {
    for (String setting : given.split(";")) {
      String[] parts = setting.split("=", 2);
      settings.put("callbridge.assistants.a." + parts[0], parts[1]);
    }

    if (problem == null) {
      assertThat(problems()).isEmpty();
    } else {
      assertThat(problems())
          .singleElement()
          .asString()
          .startsWith("callbridge.assistants.a")
          .contains(problem);
    }
  }

  @Test
  void aShortKeyIsForThisMachineOnly() {
    settings.put("callbridge.access.api-keys", "ops:admin:short");
    settings.put("callbridge.twilio.public-origin", "http://127.0.0.1:8080");
    assertThat(problems()).isEmpty();

    settings.put("callbridge.twilio.public-origin", "http://10.0.0.1:8080");
    assertThat(problems()).hasSize(2).last().asString().contains("the key of ops");
  }

  @Test
  void peopleSignInWithHashesThatTakeTheirTime() {
    settings.put(
        "callbridge.access.users",
        "ann:admin:{bcrypt}$2a$10$%s,bob:calls:read:{pbkdf2@SpringSecurity_v5_8}%s"
            .formatted("a".repeat(53), "0f".repeat(48)));

    assertThat(problems()).isEmpty();
  }

  @Test
  void keysMayAlsoBeAList() {
    settings.remove("callbridge.access.api-keys");
    settings.put("callbridge.access.api-keys[0]", "crm:calls:read:" + KEY);
    settings.put("callbridge.access.api-keys[1]", "ops:admin:short");

    assertThat(problems()).singleElement().asString().contains("the key of ops");
  }

  @Test
  void theSandboxIsForThisMachineAlone() {
    MockEnvironment environment = new MockEnvironment();
    environment.setActiveProfiles("sandbox");
    environment.setProperty("callbridge.twilio.public-origin", "https://voice.example.com");

    assertThat(SettingsCheck.problems(environment))
        .singleElement()
        .asString()
        .startsWith("The profile sandbox is for this machine alone");
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
