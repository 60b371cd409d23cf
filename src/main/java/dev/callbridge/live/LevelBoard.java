package dev.callbridge.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// How loud calls are, on whichever instance: what was told last, and not long ago.
///
/// Instances tell each other in lines of a call's id, the caller's level and the agent's.
@Component
class LevelBoard {

  /// Of one message, and of what a subscriber is shown. The newest calls come first.
  static final int MOST = 64;

  private static final long FRESH = Duration.ofSeconds(2).toNanos();

  private final Map<UUID, Reading> readings = new ConcurrentHashMap<>();
  private final AtomicLong version = new AtomicLong();

  private record Reading(int caller, int agent, long at) {}

  static String line(UUID call, int caller, int agent) {
    return call + " " + caller + " " + agent + "\n";
  }

  void take(String lines, long now) {
    lines
        .lines()
        .limit(MOST)
        .forEach(line -> {
          String[] parts = line.split(" ", 3);
          if (parts.length == 3) {
            readings.put(
                UUID.fromString(parts[0]),
                new Reading(Integer.parseInt(parts[1]), Integer.parseInt(parts[2]), now));
          }
        });
    version.incrementAndGet();
  }

  /// @return whether there was something to forget
  boolean forget(long now) {
    boolean some = readings.values().removeIf(reading -> now - reading.at() > FRESH);
    if (some) {
      version.incrementAndGet();
    }
    return some;
  }

  /// Another one, and there is something to be shown.
  long version() {
    return version.get();
  }

  /// One event, without an id: it moves no cursor, and nobody comes back for it.
  ///
  /// @param call the only one that is wanted, or null
  byte[] frame(@Nullable UUID call) {
    Stream<Map.Entry<UUID, Reading>> all = readings.entrySet().stream();
    String levels =
        (call == null ? all : all.filter(entry -> entry.getKey().equals(call)))
            .sorted(Map.Entry.<UUID, Reading>comparingByKey(Comparator.reverseOrder()))
            .limit(MOST)
            .map(entry ->
                "\""
                    + entry.getKey()
                    + "\":{\"caller\":"
                    + entry.getValue().caller()
                    + ",\"agent\":"
                    + entry.getValue().agent()
                    + "}")
            .collect(Collectors.joining(",", "{", "}"));
    return ("event: levels\ndata: " + levels + "\n\n").getBytes(UTF_8);
  }
}
