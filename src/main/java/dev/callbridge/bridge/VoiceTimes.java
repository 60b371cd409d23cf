package dev.callbridge.bridge;

import dev.callbridge.twilio.ToTwilio;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Times the agent's voice: how long it takes to answer, and how long it takes on its way through.
/// For one thread.
final class VoiceTimes {

  private final RelayMeters meters;
  private final LongSupplier nanoTime;

  /// When what is timed began; 0 while nothing is.
  private long understoodAt;

  private long arrivedAt;
  private int arrivals;

  VoiceTimes(RelayMeters meters, LongSupplier nanoTime) {
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  /// The caller has said something that is to be answered.
  void understood() {
    understoodAt = nanoTime.getAsLong();
  }

  /// The first audio after the caller's words answers them; one in fifty is timed on its way.
  void arrived() {
    if (understoodAt == 0 && arrivals++ % RelayMeters.ONE_IN != 0) {
      return;
    }
    arrivedAt = nanoTime.getAsLong();
    if (understoodAt != 0) {
      meters.turn.record(arrivedAt - understoodAt, TimeUnit.NANOSECONDS);
      understoodAt = 0;
    }
  }

  void left(ToTwilio message) {
    if (arrivedAt != 0 && message instanceof ToTwilio.Media) {
      meters.toCaller.record(nanoTime.getAsLong() - arrivedAt, TimeUnit.NANOSECONDS);
      arrivedAt = 0;
    }
  }
}
