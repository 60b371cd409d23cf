package dev.callbridge.live;

import dev.callbridge.call.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How calls went lately.
///
/// @param active calls whose media this instance carries, of `limit`
/// @param reached how many calls had their conversation, of those that were meant to
/// @param agentMs from the answer until the agent was ready
/// @param buckets one for each stretch of `bucketMinutes`, oldest first, empty ones included
/// @param latency what this instance has added to frames since its start
record Stats(
    int active,
    int limit,
    Reached reached,
    @Nullable Quantiles agentMs,
    int bucketMinutes,
    List<Bucket> buckets,
    List<Latency> latency) {

  record Reached(long completed, long of) {}

  record Quantiles(double p50, double p95) {}

  /// @param calls that were created in it, of which those that are over have an outcome
  record Bucket(Instant at, long calls, Map<Outcome, Long> outcomes, @Nullable Quantiles agentMs) {}

  record Latency(String direction, List<Frames> buckets) {}

  /// @param upToMs null for all that took longer than the bucket before
  record Frames(@Nullable Double upToMs, long count) {}
}
