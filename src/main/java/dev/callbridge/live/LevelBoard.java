package dev.callbridge.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// How loud calls are, on whichever instance: what was told last, and not long ago.
///
/// Instances tell each other in lines of a call's id, the caller's level and the agent's.
@Component
class LevelBoard {

  /// Of one message, and of what a subscriber is shown. The newest calls come first.
  static final int MOST = 64;

  private static final Pattern LINE =
      Pattern.compile(
          "(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12}) (\\d{1,3}) (\\d{1,3})");

  private static final long FRESH = Duration.ofSeconds(2).toNanos();

  private final Map<UUID, Reading> readings = new HashMap<>();

  /// What whoever watches all calls is shown, encoded once.
  private volatile Shown shown = new Shown(0, event(List.of()));

  private record Shown(long version, byte[] event) {}

  private record Reading(int caller, int agent, long at) {}

  static String line(UUID call, int caller, int agent) {
    return call + " " + caller + " " + agent + "\n";
  }

  /// What is no such line, from an instance of another version, is passed over.
  synchronized void take(String lines, long now) {
    lines
        .lines()
        .limit(MOST)
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .forEach(line -> {
          int caller = Integer.parseInt(line.group(2));
          int agent = Integer.parseInt(line.group(3));
          readings.put(UUID.fromString(line.group(1)), new Reading(caller, agent, now));
        });
    show();
  }

  /// @return whether there was something to forget
  synchronized boolean forget(long now) {
    boolean some = readings.values().removeIf(reading -> now - reading.at() > FRESH);
    if (some) {
      show();
    }
    return some;
  }

  private void show() {
    List<String> newest =
        readings.entrySet().stream()
            .sorted(Map.Entry.<UUID, Reading>comparingByKey(Comparator.reverseOrder()))
            .limit(MOST)
            .map(entry -> levels(entry.getKey(), entry.getValue()))
            .toList();
    shown = new Shown(shown.version() + 1, event(newest));
  }

  /// Another one, and there is something to be shown.
  long version() {
    return shown.version();
  }

  /// One event, without an id: it moves no cursor, and nobody comes back for it.
  ///
  /// @param call the only one that is wanted, or null
  byte[] frame(@Nullable UUID call) {
    return call == null ? shown.event() : frameOf(call);
  }

  private synchronized byte[] frameOf(UUID call) {
    Reading reading = readings.get(call);
    return event(reading == null ? List.of() : List.of(levels(call, reading)));
  }

  private static String levels(UUID call, Reading reading) {
    return "\""
        + call
        + "\":{\"caller\":"
        + reading.caller()
        + ",\"agent\":"
        + reading.agent()
        + "}";
  }

  private static byte[] event(List<String> levels) {
    return ("event: levels\ndata: {" + String.join(",", levels) + "}\n\n").getBytes(UTF_8);
  }
}
