package dev.callbridge;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.boot.convert.DurationStyle;

/// Numbers, durations, countries: what would be found out one by one, or only by the first call.
record ValueCheck(Settings settings) {

  private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());

  private static final Map<String, String> COUNTS =
      new TreeMap<>(
          Map.of(
              "callbridge.relay.max-calls", "CALLBRIDGE_MAX_CALLS",
              "callbridge.access.limits.requests-per-minute", "CALLBRIDGE_REQUESTS_PER_MINUTE",
              "callbridge.access.limits.concurrent-calls", "CALLBRIDGE_CONCURRENT_CALLS",
              "callbridge.access.limits.calls-per-day", "CALLBRIDGE_CALLS_PER_DAY",
              "callbridge.access.limits.calls-per-destination-per-day",
                  "CALLBRIDGE_CALLS_PER_DESTINATION_PER_DAY",
              "callbridge.access.failures-per-minute", "callbridge.access.failures-per-minute",
              "callbridge.access.sign-in.attempts-per-minute",
                  "callbridge.access.sign-in.attempts-per-minute",
              "callbridge.access.sign-in.sessions", "callbridge.access.sign-in.sessions"));

  private static final Map<String, String> TOOLS =
      new TreeMap<>(
          Map.of(
              "callbridge.tools.per-call", "CALLBRIDGE_TOOLS_PER_CALL",
              "callbridge.tools.at-once", "callbridge.tools.at-once"));

  private static final Map<String, String> DURATIONS =
      new TreeMap<>(
          Map.of(
              "callbridge.relay.drain-limit", "CALLBRIDGE_DRAIN_LIMIT",
              "callbridge.access.sign-in.idle", "callbridge.access.sign-in.idle",
              "callbridge.access.sign-in.longest", "callbridge.access.sign-in.longest"));

  private static final Map<String, String> PRICES =
      new TreeMap<>(
          Map.of(
              "callbridge.cost.twilio-per-minute", "CALLBRIDGE_TWILIO_PER_MINUTE",
              "callbridge.cost.elevenlabs-per-minute", "CALLBRIDGE_ELEVENLABS_PER_MINUTE"));

  void check() {
    COUNTS.forEach((property, variable) ->
        settings.match(property, variable, "[1-9][0-9]{0,8}", "a number from 1 on"));
    TOOLS.forEach((property, variable) ->
        settings.match(property, variable, "[1-9][0-9]{0,3}", "a number from 1 to 9999"));
    settings.match("callbridge.access.proxies", "CALLBRIDGE_PROXIES", "[0-9]", "from 0 to 9");
    PRICES.forEach(this::checkPrice);
    DURATIONS.forEach(this::checkDuration);
    checkCountries();
    checkPorts();
    settings.match(
        "logging.level.root",
        "LOG_LEVEL",
        "(?i)OFF|ERROR|WARN|INFO|DEBUG|TRACE",
        "one of ERROR, WARN, INFO, DEBUG");
  }

  private void checkPrice(String property, String variable) {
    String value = settings.value(property);
    try {
      if (!value.isEmpty() && new BigDecimal(value).signum() < 0) {
        settings.problem(variable, "is less than nothing: " + value);
      }
    } catch (NumberFormatException e) {
      settings.problem(variable, "is not a price such as 0.0140: " + value);
    }
  }

  private void checkDuration(String property, String variable) {
    String value = settings.value(property);
    try {
      if (!value.isEmpty() && DurationStyle.detectAndParse(value).compareTo(Duration.ZERO) <= 0) {
        settings.problem(variable, "is no time at all: " + value);
      }
    } catch (IllegalArgumentException e) {
      settings.problem(variable, "is not a duration such as 10m: " + value);
    }
  }

  private void checkCountries() {
    List<String> unknown =
        settings.values("callbridge.outbound.countries").stream()
            .filter(country -> !COUNTRIES.contains(country))
            .toList();
    if (!unknown.isEmpty()) {
      settings.problem("CALLBRIDGE_COUNTRIES", "are not all ISO 3166 codes such as US: " + unknown);
    }
  }

  private void checkPorts() {
    String port = settings.value("server.port");
    String management = settings.value("management.server.port");
    for (String[] each :
        Arrays.asList(
            new String[] {"SERVER_PORT", port},
            new String[] {"MANAGEMENT_SERVER_PORT", management})) {
      if (!each[1].isEmpty()
          && !(each[1].matches("[0-9]{1,5}") && Integer.parseInt(each[1]) <= 65_535)) {
        settings.problem(each[0], "is not a port: " + each[1]);
      }
    }
    if (!port.isEmpty() && !port.equals("0") && port.equals(management)) {
      settings.problem(
          "MANAGEMENT_SERVER_PORT", "is SERVER_PORT: health and metrics would be for everybody");
    }
  }
}
