package dev.callbridge.call;

import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// This process's claim to be alive, renewed in the database and judged by the database's clock.
/// One row an instance, not one a call.
@Component
public class InstanceLease implements SmartLifecycle {

  /// Silent for longer, and an instance counts as gone.
  static final Duration LEASE = Duration.ofSeconds(10);

  private static final Duration RENEWAL = Duration.ofSeconds(2);
  private static final Logger LOG = LoggerFactory.getLogger(InstanceLease.class);

  private final UUID id = UUID.randomUUID();
  private final DatabaseClient database;
  private Disposable renewing = Disposables.disposed();

  /// Since when it was renewed each time; 0 after a failure.
  private volatile long steadySince;

  InstanceLease(DatabaseClient database) {
    this.database = database;
  }

  public UUID id() {
    return id;
  }

  /// Whether this instance may judge others. After the database was away nobody's lease is fresh:
  /// each first gets the time to renew it.
  public boolean isSteady() {
    long since = steadySince;
    return since != 0 && System.nanoTime() - since > LEASE.toNanos();
  }

  private Mono<Void> renew() {
    return database
        .sql(
            """
            INSERT INTO relay_instance (id, lease_until) VALUES (:id, now() + make_interval(secs => :seconds))
            ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until
            """)
        .bind("id", id)
        .bind("seconds", (double) LEASE.toSeconds())
        .then()
        .timeout(CallStore.TIMEOUT)
        .doOnSuccess(_ -> renewed())
        .onErrorResume(e -> {
          if (steadySince != 0) {
            LOG.warn("the lease could not be renewed: {}", e.toString());
          }
          steadySince = 0;
          return Mono.empty();
        });
  }

  private void renewed() {
    if (steadySince == 0) {
      steadySince = System.nanoTime();
    }
  }

  @Override
  public synchronized void start() {
    renewing =
        Flux.interval(Duration.ZERO, RENEWAL)
            .onBackpressureDrop()
            .concatMap(_ -> renew(), 1)
            .subscribe(_ -> {}, e -> LOG.error("the lease is no longer renewed", e));
  }

  /// Gone, and says so: nobody waits for the lease to run out.
  @Override
  public synchronized void stop() {
    renewing.dispose();
  }

  @Override
  public void stop(Runnable done) {
    stop();
    database
        .sql("UPDATE relay_instance SET lease_until = now() WHERE id = :id")
        .bind("id", id)
        .then()
        .timeout(CallStore.TIMEOUT)
        .doFinally(_ -> done.run())
        .subscribe(_ -> {}, e -> LOG.warn("the lease was left to run out: {}", e.toString()));
  }

  @Override
  public synchronized boolean isRunning() {
    return !renewing.isDisposed();
  }

  /// Before anything that owns a call, and after it.
  @Override
  public int getPhase() {
    return -1;
  }
}
