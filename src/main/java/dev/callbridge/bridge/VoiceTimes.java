package dev.callbridge.bridge;

import dev.callbridge.agent.FromAgent;
import dev.callbridge.call.Latency;
import dev.callbridge.twilio.ToTwilio;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Times the agent's voice: how long it takes to answer, by its stages where it tells them, and how
/// long it takes on its way through. For one thread.
final class VoiceTimes {

  private final RelayMeters meters;
  private final LongSupplier nanoTime;

  /// When what is timed began; 0 while nothing is.
  private long understoodAt;

  private FromAgent.@Nullable Answering stages;
  private long arrivedAt;
  private int arrivals;

  VoiceTimes(RelayMeters meters, LongSupplier nanoTime) {
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  /// The caller has said something that is to be answered.
  void understood() {
    understoodAt = nanoTime.getAsLong();
    stages = null;
  }

  void answering(FromAgent.Answering by) {
    stages = by;
  }

  /// The first audio after the caller's words answers them; one in fifty is timed on its way.
  ///
  /// @return of the first alone, how long it took
  @Nullable Latency arrived() {
    if (understoodAt == 0 && arrivals++ % RelayMeters.ONE_IN != 0) {
      return null;
    }
    arrivedAt = nanoTime.getAsLong();
    if (understoodAt == 0) {
      return null;
    }
    long nanos = arrivedAt - understoodAt;
    meters.turn.record(nanos, TimeUnit.NANOSECONDS);
    understoodAt = 0;
    int answer = Math.toIntExact(Duration.ofNanos(nanos).toMillis());
    FromAgent.Answering by = stages;
    stages = null;
    if (by == null) {
      return new Latency(null, null, null, answer, null);
    }
    meters.stage("commit", by.commitMs());
    meters.stage("token", by.tokenMs());
    meters.stage("audio", by.audioMs());
    return new Latency(by.commitMs(), by.tokenMs(), by.audioMs(), answer, null);
  }

  void left(ToTwilio message) {
    if (arrivedAt != 0 && message instanceof ToTwilio.Media) {
      meters.toCaller.record(nanoTime.getAsLong() - arrivedAt, TimeUnit.NANOSECONDS);
      arrivedAt = 0;
    }
  }
}
