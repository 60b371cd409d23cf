package dev.callbridge;

import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/// Refuses to start with settings that are missing or unsafe, and names all of them at once.
final class SettingsCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  static final int MIN_KEY_LENGTH = 24;

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    List<String> problems = problems(context.getEnvironment());
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
  }

  static List<String> problems(Environment settings) {
    if (settings.matchesProfiles("sandbox")) {
      return List.of();
    }
    List<String> problems = new ArrayList<>();
    require(settings, problems, "callbridge.twilio.account-sid", "TWILIO_ACCOUNT_SID");
    require(settings, problems, "callbridge.twilio.auth-tokens", "TWILIO_AUTH_TOKEN");
    require(settings, problems, "callbridge.twilio.phone-number", "TWILIO_PHONE_NUMBER");
    require(settings, problems, "callbridge.assistants.default.agent-id", "ELEVENLABS_AGENT_ID");
    require(settings, problems, "spring.r2dbc.url", "SPRING_R2DBC_URL");
    require(settings, problems, "callbridge.access.api-keys", "CALLBRIDGE_API_KEYS");
    if (!settings.getProperty("callbridge.elevenlabs.public-agents", Boolean.class, false)) {
      require(settings, problems, "callbridge.elevenlabs.api-key", "ELEVENLABS_API_KEY");
    }
    checkOrigin(settings, problems, "callbridge.twilio.public-origin", "BASE_URL");
    if (!value(settings, "callbridge.twilio.webhook-origin").isBlank()) {
      checkOrigin(settings, problems, "callbridge.twilio.webhook-origin", "WEBHOOK_BASE_URL");
    }
    checkKeys(settings, problems);
    checkSecrets(settings, problems);
    return problems;
  }

  private static void require(
      Environment settings, List<String> problems, String property, String variable) {
    if (value(settings, property).isBlank()) {
      problems.add(variable + " is not set (" + property + ")");
    }
  }

  private static void checkOrigin(
      Environment settings, List<String> problems, String property, String variable) {
    String value = value(settings, property);
    if (value.isBlank()) {
      problems.add(variable + " is not set (" + property + ")");
      return;
    }
    URI origin;
    try {
      origin = URI.create(value);
    } catch (IllegalArgumentException e) {
      problems.add(variable + " is not a URL: " + value);
      return;
    }
    if (origin.getHost() == null || (origin.getPath() != null && origin.getPath().length() > 1)) {
      problems.add(variable + " is not an origin such as https://voice.example.com: " + value);
    } else if (!"https".equals(origin.getScheme()) && !isThisMachine(origin)) {
      problems.add(variable + " is not https: " + value);
    }
  }

  /// In the clear, and out of everybody else's reach: for trying out against simulated vendors.
  private static boolean isThisMachine(URI origin) {
    String host = origin.getHost();
    return "http".equals(origin.getScheme())
        && (host.equals("localhost")
            || (host.matches("[0-9.]+|\\[.*]") && InetAddress.ofLiteral(host).isLoopbackAddress()));
  }

  /// A short key is for trying out only, like an origin in the clear.
  private static void checkKeys(Environment settings, List<String> problems) {
    boolean guessable = value(settings, "callbridge.twilio.public-origin").startsWith("https:");
    for (String entry : value(settings, "callbridge.access.api-keys").split(",")) {
      String key = entry.substring(entry.lastIndexOf(':') + 1).strip();
      String name = entry.split(":", 2)[0].strip();
      if (!entry.isBlank() && entry.chars().filter(c -> c == ':').count() < 2) {
        problems.add("CALLBRIDGE_API_KEYS has an entry that is not name:scope:key: " + name);
      } else if (guessable && !entry.isBlank() && key.length() < MIN_KEY_LENGTH) {
        problems.add(
            "CALLBRIDGE_API_KEYS: the key of %s has %d characters, not at least %d"
                .formatted(name, key.length(), MIN_KEY_LENGTH));
      }
    }
  }

  /// None is allowed: webhooks are refused then. One that can be guessed is not.
  private static void checkSecrets(Environment settings, List<String> problems) {
    for (String secret : value(settings, "callbridge.elevenlabs.webhook-secrets").split(",")) {
      int length = secret.strip().length();
      if (length > 0 && length < MIN_KEY_LENGTH) {
        problems.add(
            "ELEVENLABS_WEBHOOK_SECRET has a secret of %d characters, not at least %d"
                .formatted(length, MIN_KEY_LENGTH));
      }
    }
  }

  private static String value(Environment settings, String property) {
    return settings.getProperty(property, "");
  }
}
