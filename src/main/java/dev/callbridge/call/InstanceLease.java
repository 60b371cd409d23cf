package dev.callbridge.call;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
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
  private final LiveCalls live;
  private final FreshConnections connections;
  private Disposable renewing = Disposables.disposed();

  /// Since when it was renewed each time; 0 after a failure.
  private volatile long steadySince;

  private volatile long renewedAt;

  InstanceLease(DatabaseClient database, LiveCalls live, FreshConnections connections) {
    this.database = database;
    this.live = live;
    this.connections = connections;
  }

  public UUID id() {
    return id;
  }

  /// Whether this instance may judge others. After the database was away nobody's lease is fresh:
  /// each first gets the time to renew it. And one that has just slept has no fresh lease itself.
  public boolean isSteady() {
    long since = steadySince;
    long now = System.nanoTime();
    return since != 0 && now - since > LEASE.toNanos() && now - renewedAt < LEASE.toNanos();
  }

  private Mono<Void> renew() {
    return database
        .sql(
            """
            INSERT INTO relay_instance (id, lease_until) VALUES (:id, now() + make_interval(secs => :seconds))
            ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until
            RETURNING coalesce((SELECT i.lease_until < now() FROM relay_instance i WHERE i.id = :id), false) AS lapsed
            """)
        .bind("id", id)
        .bind("seconds", (double) LEASE.toSeconds())
        .map(row -> CallRows.required(row, "lapsed", Boolean.class))
        .one()
        .timeout(CallStore.TIMEOUT)
        .flatMap(lapsed -> {
          renewed(lapsed);
          return lapsed ? giveUpWhatOthersEnded() : Mono.<Void>empty();
        })
        .doOnError(TimeoutException.class, _ -> connections.doubt())
        .onErrorResume(e -> {
          if (steadySince != 0) {
            LOG.warn("the lease could not be renewed: {}", e.toString());
          }
          steadySince = 0;
          return Mono.empty();
        });
  }

  private void renewed(boolean lapsed) {
    renewedAt = System.nanoTime();
    if (steadySince == 0 || lapsed) {
      steadySince = renewedAt;
    }
  }

  /// While the lease had run out others may have ended sessions that are still carried here.
  /// Nothing that is said about those counts, so they are not carried on: the line asks what comes
  /// next.
  private Mono<Void> giveUpWhatOthersEnded() {
    LOG.warn(
        "the lease had run out and is good again: this process slept, or the database was away");
    UUID[] carried =
        live.connections().stream().map(LiveCalls.Connection::callId).toArray(UUID[]::new);
    return database
        .sql(
            """
            SELECT c.id FROM call c WHERE c.id = ANY(:carried) AND c.fenced_session >= (
              SELECT max((m.details->>'session')::int) FROM call_event m
              WHERE m.call_id = c.id AND m.kind = 'MEDIA_CONNECTED' AND m.details->>'instance' = :id)
            """)
        .bind("carried", carried)
        .bind("id", id.toString())
        .map(row -> CallRows.required(row, "id", UUID.class))
        .all()
        .timeout(CallStore.TIMEOUT)
        .doOnNext(live::giveUp)
        .then();
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
