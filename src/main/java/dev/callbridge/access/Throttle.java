package dev.callbridge.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.Optional;

/// How often each may do something in a minute: all at once or spread over it. This instance's
/// alone. Of too many at a time the least active are forgotten, who then start afresh.
final class Throttle {

  private static final int MOST_KNOWN = 10_000;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Cache<String, Bucket> buckets =
      Caffeine.newBuilder()
          .maximumSize(MOST_KNOWN)
          .expireAfterAccess(MINUTE.plusSeconds(1))
          .executor(Runnable::run)
          .build();

  /// Takes one of those that are left.
  ///
  /// @return empty if there was one, else how long until there is
  Optional<Duration> take(String who, int perMinute) {
    var probe = bucket(who, perMinute).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  /// The same, and takes none.
  Optional<Duration> look(String who, int perMinute) {
    var estimate = bucket(who, perMinute).estimateAbilityToConsume(1);
    return estimate.canBeConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(estimate.getNanosToWaitForRefill()));
  }

  private Bucket bucket(String who, int perMinute) {
    return buckets.get(
        perMinute + " " + who,
        _ ->
            Bucket.builder()
                .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, MINUTE))
                .build());
  }
}
