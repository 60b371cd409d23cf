package dev.callbridge.telephony;

import dev.callbridge.call.EvidenceWriter;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.pool.InstrumentedPool;
import reactor.pool.PoolAcquirePendingLimitException;
import reactor.pool.PoolBuilder;

/// Sets calls up a few at a time and in the order in which they came. A machine that has just
/// started, or has too much to do, would otherwise begin all of them and finish none: they would
/// take the database's connections from each other until each had waited too long.
@Component
final class SetUpQueue {

  static final int MAX_WAITING = 500;

  private final BooleanSupplier isDatabaseAway;
  private final InstrumentedPool<Object> places;

  @Autowired
  SetUpQueue(@Value("${spring.r2dbc.pool.max-size}") int connections, EvidenceWriter evidence) {
    this(connections, evidence::isDatabaseAway);
  }

  /// @param connections to the database, half of which are left to others
  SetUpQueue(int connections, BooleanSupplier isDatabaseAway) {
    this.isDatabaseAway = isDatabaseAway;
    places =
        PoolBuilder.from(Mono.fromSupplier(Object::new))
            .sizeBetween(0, Math.max(1, connections / 2))
            .maxPendingAcquire(MAX_WAITING)
            .buildPool();
  }

  /// Fails with [CrowdedException] when too many wait, or when its turn has not come within that
  /// time. While the database is away nobody waits for it in a row: each finds out for itself, and
  /// is told soon.
  <T> Mono<T> inTurn(Mono<T> setUp, Duration atMost) {
    return Mono.defer(
        () -> isDatabaseAway.getAsBoolean() ? setUp.timeout(atMost) : queued(setUp, atMost));
  }

  private <T> Mono<T> queued(Mono<T> setUp, Duration atMost) {
    AtomicBoolean begun = new AtomicBoolean();
    return places
        .withPoolable(_ -> setUp.doOnSubscribe(_ -> begun.set(true)))
        .singleOrEmpty()
        .timeout(atMost)
        .onErrorMap(
            e ->
                e instanceof PoolAcquirePendingLimitException
                    || (e instanceof TimeoutException && !begun.get()),
            _ -> new CrowdedException("too many calls come in at once"));
  }
}
