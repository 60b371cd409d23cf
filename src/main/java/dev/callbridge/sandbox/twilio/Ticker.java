package dev.callbridge.sandbox.twilio;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one clock of every line: it calls each of them every 20 ms with the time.
///
/// A line works out from the time how many frames are due, so a late tick loses nothing.
final class Ticker {
  static final Duration FRAME = Duration.ofMillis(20);

  private static final Logger log = LoggerFactory.getLogger(Ticker.class);

  private final Set<Line> lines = ConcurrentHashMap.newKeySet();

  void startOn(ScheduledExecutorService executor) {
    var _ =
        executor.scheduleAtFixedRate(
            this::tick, FRAME.toNanos(), FRAME.toNanos(), TimeUnit.NANOSECONDS);
  }

  void add(Line line) {
    lines.add(line);
  }

  void remove(Line line) {
    lines.remove(line);
  }

  private void tick() {
    long now = System.nanoTime();
    lines.removeIf(line -> !ticks(line, now));
  }

  private static boolean ticks(Line line, long now) {
    try {
      line.tick(now);
      return true;
    } catch (RuntimeException e) {
      log.error("A sandbox line failed and is taken off the clock", e);
      return false;
    }
  }
}
