package dev.callbridge.call;

import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Whether somebody wants a call ended that no carrier can end for us. The wish may have come to
/// another instance, so it is looked for where all of them store it.
@Component
public class HangUps {

  private static final Logger LOG = LoggerFactory.getLogger(HangUps.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final DatabaseClient database;

  HangUps(DatabaseClient database) {
    this.database = database;
  }

  /// Completes when a hang-up is requested, and not before.
  public Mono<Void> requested(UUID callId) {
    return Flux.interval(Duration.ZERO, EVERY)
        .onBackpressureDrop()
        .concatMap(_ -> isRequested(callId), 1)
        .filter(requested -> requested)
        .next()
        .then();
  }

  /// While the database is away nobody can have asked.
  private Mono<Boolean> isRequested(UUID callId) {
    return database
        .sql(
            """
            SELECT EXISTS (SELECT 1 FROM call_event
              WHERE call_id = :id AND source = 'API' AND kind = 'HANG_UP_REQUESTED') AS requested
            """)
        .bind("id", callId)
        .map(row -> CallRows.required(row, "requested", Boolean.class))
        .one()
        .timeout(CallStore.TIMEOUT)
        .onErrorResume(e -> {
          LOG.debug("call {}: not known whether it is to be hung up", callId, e);
          return Mono.just(false);
        })
        // Not cancelled with the call: a query that is given up as it is written is never released.
        .cache();
  }
}
