package dev.callbridge.bridge;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Notices when neither side has said anything for too long: a receiver that was put down beside
/// the telephone. Something said costs the writing of a field; the watching is done by the line's
/// tick.
final class Silence {

  private final long limit;
  private final LongSupplier nanoTime;
  private volatile long lastSaid;

  /// @param limit null for none
  Silence(@Nullable Duration limit, LongSupplier nanoTime) {
    this.limit = limit == null ? Long.MAX_VALUE : limit.toNanos();
    this.nanoTime = nanoTime;
    this.lastSaid = nanoTime.getAsLong();
  }

  void broken() {
    lastSaid = nanoTime.getAsLong();
  }

  boolean isTooLong() {
    return nanoTime.getAsLong() - lastSaid >= limit;
  }
}
