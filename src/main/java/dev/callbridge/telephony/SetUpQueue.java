package dev.callbridge.telephony;

import dev.callbridge.call.EvidenceWriter;
import java.util.function.BooleanSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.pool.InstrumentedPool;
import reactor.pool.PoolBuilder;

/// Sets calls up a few at a time and in the order in which they came. A machine that has just
/// started, or has too much to do, would otherwise begin all of them and finish none: they would
/// take the database's connections from each other until each had waited too long.
@Component
final class SetUpQueue {

  /// Fewer than there are connections to the database: others need one too.
  static final int AT_ONCE = 8;

  static final int MAX_WAITING = 500;

  private final BooleanSupplier isDatabaseAway;

  private final InstrumentedPool<Object> places =
      PoolBuilder.from(Mono.fromSupplier(Object::new))
          .sizeBetween(0, AT_ONCE)
          .maxPendingAcquire(MAX_WAITING)
          .buildPool();

  @Autowired
  SetUpQueue(EvidenceWriter evidence) {
    this(evidence::isDatabaseAway);
  }

  SetUpQueue(BooleanSupplier isDatabaseAway) {
    this.isDatabaseAway = isDatabaseAway;
  }

  /// Fails when too many wait. While the database is away nobody waits for it in a row: each finds
  /// out for itself, and is told soon.
  <T> Mono<T> inTurn(Mono<T> setUp) {
    return Mono.defer(() ->
        isDatabaseAway.getAsBoolean() ? setUp : places.withPoolable(_ -> setUp).singleOrEmpty());
  }
}
