package dev.callbridge.elevenlabs;

import java.time.Duration;

/// So many in so long and no more. For one thread at a time.
final class Limit {

  private final long window;
  private final long[] times;
  private int next;
  private boolean full;

  Limit(int most, Duration window) {
    this.window = window.toNanos();
    this.times = new long[most];
  }

  /// Takes one, where one is left.
  boolean allows(long now) {
    if (full && now - times[next] < window) {
      return false;
    }
    times[next] = now;
    next = (next + 1) % times.length;
    full |= next == 0;
    return true;
  }
}
