package dev.callbridge.live;

import dev.callbridge.live.Stats.Frames;
import dev.callbridge.live.Stats.Latency;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/// What the metrics know of the latency that is added to frames.
@Component
final class LatencyBuckets {

  private final MeterRegistry meters;

  LatencyBuckets(MeterRegistry meters) {
    this.meters = meters;
  }

  List<Latency> read() {
    return meters.find("callbridge.relay.latency").timers().stream()
        .map(LatencyBuckets::read)
        .sorted(Comparator.comparing(Latency::direction))
        .toList();
  }

  private static Latency read(Timer timer) {
    HistogramSnapshot snapshot = timer.takeSnapshot();
    List<Frames> buckets = new ArrayList<>();
    double below = 0;
    for (CountAtBucket bucket : snapshot.histogramCounts()) {
      double upToMs = bucket.bucket(TimeUnit.MILLISECONDS);
      buckets.add(
          new Frames(Double.isFinite(upToMs) ? upToMs : null, (long) (bucket.count() - below)));
      below = bucket.count();
    }
    if (buckets.isEmpty() || buckets.getLast().upToMs() != null) {
      buckets.add(new Frames(null, Math.max(0, snapshot.count() - (long) below)));
    }
    return new Latency(
        Objects.requireNonNullElse(timer.getId().getTag("direction"), "unknown"), buckets);
  }
}
