package dev.callbridge;

import java.net.URI;
import java.util.List;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/// Refuses to start with settings that are missing, unsafe or cannot be, and names all of them at
/// once.
final class SettingsCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  static final int MIN_KEY_LENGTH = 24;

  private static final String ORIGIN = "callbridge.twilio.public-origin";

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    List<String> problems = problems(context.getEnvironment());
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
  }

  static List<String> problems(Environment environment) {
    Settings settings = new Settings(environment);
    new ValueCheck(settings).check();
    new AssistantsCheck(settings, environment).check();
    settings.match(
        "callbridge.reservations.assistant",
        "CALLBRIDGE_RESERVATIONS_ASSISTANT",
        "[A-Za-z0-9][A-Za-z0-9._-]{0,99}",
        "the name of an assistant");
    settings.match(
        "callbridge.speech-cache.max-size",
        "CALLBRIDGE_SPEECH_CACHE_SIZE",
        "[1-9][0-9]{0,9}(B|KB|MB|GB)?",
        "a size such as 64MB");
    if (environment.matchesProfiles("sandbox")) {
      checkSandbox(settings);
      return settings.problems();
    }
    URI origin = Settings.url(settings.value(ORIGIN));
    boolean guessable = origin == null || !Settings.isThisMachine(origin);
    checkVendors(settings, guessable);
    checkOrigin(settings, ORIGIN, "BASE_URL");
    if (!settings.value("callbridge.twilio.webhook-origin").isEmpty()) {
      checkOrigin(settings, "callbridge.twilio.webhook-origin", "WEBHOOK_BASE_URL");
    }
    settings.require("spring.r2dbc.url", "SPRING_R2DBC_URL");
    // May hold a password, so that it is not printed.
    if (!settings.value("spring.r2dbc.url").matches("(r2dbc:(pool:)?postgresql://.+)?")) {
      settings.problem("SPRING_R2DBC_URL", "is not r2dbc:postgresql://host:5432/database");
    }
    if (settings.values("callbridge.access.api-keys").isEmpty()) {
      settings.problem("CALLBRIDGE_API_KEYS", "is not set (callbridge.access.api-keys)");
    }
    new AccessCheck(settings).check(guessable);
    return settings.problems();
  }

  /// Its secrets are in everybody's copy of the source.
  private static void checkSandbox(Settings settings) {
    String origin = settings.value(ORIGIN);
    URI url = Settings.url(origin);
    if (!origin.isEmpty() && (url == null || !Settings.isThisMachine(url))) {
      settings.problem(
          "The profile sandbox", "is for this machine alone, and its origin is " + origin);
    }
  }

  private static void checkVendors(Settings settings, boolean guessable) {
    settings.require("callbridge.twilio.account-sid", "TWILIO_ACCOUNT_SID");
    settings.match(
        "callbridge.twilio.account-sid",
        "TWILIO_ACCOUNT_SID",
        "AC[0-9a-fA-F]{32}",
        "AC and 32 hexadecimal digits");
    settings.require("callbridge.twilio.auth-tokens", "TWILIO_AUTH_TOKEN");
    settings.require("callbridge.twilio.phone-number", "TWILIO_PHONE_NUMBER");
    settings.match(
        "callbridge.twilio.phone-number",
        "TWILIO_PHONE_NUMBER",
        "\\+[1-9][0-9]{6,14}",
        "E.164, such as +15550001000");
    settings.require("callbridge.assistants.default.agent-id", "ELEVENLABS_AGENT_ID");
    if (!settings.value("callbridge.elevenlabs.public-agents").equalsIgnoreCase("true")) {
      settings.require("callbridge.elevenlabs.api-key", "ELEVENLABS_API_KEY");
    }
    if (guessable) {
      checkSecrets(settings, "callbridge.twilio.auth-tokens", "TWILIO_AUTH_TOKEN");
    }
    // None is allowed: webhooks are refused then. One that can be guessed is not.
    checkSecrets(settings, "callbridge.elevenlabs.webhook-secrets", "ELEVENLABS_WEBHOOK_SECRET");
    checkVendorUrl(settings, "callbridge.twilio.api-url", "TWILIO_API_URL");
    checkVendorUrl(settings, "callbridge.elevenlabs.api-url", "ELEVENLABS_API_URL");
  }

  private static void checkSecrets(Settings settings, String property, String variable) {
    for (String secret : settings.values(property)) {
      if (secret.length() < MIN_KEY_LENGTH) {
        settings.problem(
            variable,
            "has a secret of %d characters, not at least %d"
                .formatted(secret.length(), MIN_KEY_LENGTH));
      }
    }
  }

  /// Our credentials go there.
  private static void checkVendorUrl(Settings settings, String property, String variable) {
    String value = settings.value(property);
    URI url = Settings.url(value);
    if (value.isEmpty()) {
      return;
    } else if (url == null || url.getHost() == null || url.getUserInfo() != null) {
      settings.problem(variable, "is not a URL such as https://api.example.com");
    } else if (!"https".equals(url.getScheme()) && !Settings.isThisMachine(url)) {
      settings.problem(variable, "is not https: " + value);
    }
  }

  private static void checkOrigin(Settings settings, String property, String variable) {
    String value = settings.value(property);
    URI origin = Settings.url(value);
    if (value.isEmpty()) {
      settings.require(property, variable);
    } else if (origin == null) {
      settings.problem(variable, "is not a URL: " + value);
    } else if (origin.getHost() == null
        || origin.getUserInfo() != null
        || origin.getQuery() != null
        || origin.getFragment() != null
        || (origin.getPath() != null && origin.getPath().length() > 1)) {
      settings.problem(variable, "is not an origin such as https://voice.example.com: " + value);
    } else if (!"https".equals(origin.getScheme()) && !Settings.isThisMachine(origin)) {
      settings.problem(variable, "is not https: " + value);
    }
  }
}
