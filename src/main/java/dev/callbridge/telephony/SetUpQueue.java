package dev.callbridge.telephony;

import dev.callbridge.call.EvidenceWriter;
import java.util.function.BooleanSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.pool.InstrumentedPool;
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

  /// Fails when too many wait. While the database is away nobody waits for it in a row: each finds
  /// out for itself, and is told soon.
  <T> Mono<T> inTurn(Mono<T> setUp) {
    return Mono.defer(() ->
        isDatabaseAway.getAsBoolean() ? setUp : places.withPoolable(_ -> setUp).singleOrEmpty());
  }
}
