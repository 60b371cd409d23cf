package dev.callbridge.sandbox.twilio;

import java.time.Duration;
import java.util.HashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How Twilio connects to a webhook, which the URL's fragment may override.
///
/// @param connect `ct`, TCP connect
/// @param read `rt`, waiting for the answer
/// @param total `tt`, all of it, retries included
/// @param retries `rc`
/// @param retryOn `rp`: which failures are tried again
record ConnectionOverrides(
    Duration connect, Duration read, Duration total, int retries, Set<String> retryOn) {

  static ConnectionOverrides of(String url) {
    var values = new HashMap<String, String>();
    int fragment = url.indexOf('#');
    if (fragment >= 0) {
      for (String pair : url.substring(fragment + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          values.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
      }
    }
    return new ConnectionOverrides(
        Duration.ofMillis(number(values.get("ct"), 100, 10_000, 5000)),
        Duration.ofMillis(number(values.get("rt"), 100, 15_000, 15_000)),
        Duration.ofMillis(number(values.get("tt"), 100, 15_000, 15_000)),
        number(values.get("rc"), 0, 5, 1),
        Set.of(values.getOrDefault("rp", "ct").split(",", -1)));
  }

  boolean retries(String failure) {
    return retryOn.contains(failure) || retryOn.contains("all");
  }

  private static int number(@Nullable String text, int least, int most, int otherwise) {
    try {
      return text == null ? otherwise : Math.clamp(Integer.parseInt(text), least, most);
    } catch (NumberFormatException _) {
      return otherwise;
    }
  }
}
