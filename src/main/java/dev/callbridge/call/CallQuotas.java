package dev.callbridge.call;

import dev.callbridge.call.CallRights.Quotas;
import dev.callbridge.call.QuotaExceededException.Quota;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Stores the calls that somebody asks for, as long as the quotas leave room. Counting and storing
/// are one statement, and those of one asker stand in line in the database: it makes no difference
/// how many instances there are.
@Component
public class CallQuotas {

  private static final String CREATE =
      """
      WITH quota AS MATERIALIZED (
        SELECT * FROM call_quota(:apiKey, :to, :idempotencyKey, :concurrent, :perDay, :perDestination)),
      created AS (
        INSERT INTO call (%s) SELECT %s FROM quota WHERE used_up IS NULL
        ON CONFLICT (api_key, idempotency_key) DO NOTHING
        RETURNING *)
      SELECT * FROM quota LEFT JOIN created ON true
      """
          .formatted(CallStore.COLUMNS, CallStore.VALUES);

  private final DatabaseClient database;

  CallQuotas(DatabaseClient database) {
    this.database = database;
  }

  /// @param once of the asker whose rights these are
  /// @return empty when a call with that idempotency key is there already, whatever the quotas; an
  ///   error of [QuotaExceededException] when one of them is used up
  public Mono<Call> create(UUID id, CallPlan plan, CallStore.Idempotency once, CallRights rights) {
    Quotas quotas = rights.quotas();
    return CallStore.bindNew(database.sql(CREATE), id, plan, once)
        .bind("concurrent", quotas.concurrentCalls())
        .bind("perDay", quotas.callsPerDay())
        .bind("perDestination", perDestination(plan, quotas))
        .map((Readable row) -> created(row, quotas))
        .one()
        .flatMap(Mono::justOrEmpty)
        .timeout(CallStore.TIMEOUT);
  }

  /// A browser call rings at nobody's.
  private static int perDestination(CallPlan plan, Quotas quotas) {
    return plan.carrier() == Carrier.BROWSER
        ? Integer.MAX_VALUE
        : quotas.callsPerDestinationPerDay();
  }

  private static Optional<Call> created(Readable row, Quotas quotas) {
    @Nullable String usedUp = row.get("used_up", String.class);
    if (usedUp == null) {
      return row.get("id", UUID.class) == null ? Optional.empty() : Optional.of(CallRows.call(row));
    }
    Quota quota = Quota.valueOf(usedUp);
    int limit =
        switch (quota) {
          case CONCURRENT_CALLS -> quotas.concurrentCalls();
          case CALLS_PER_DAY -> quotas.callsPerDay();
          case CALLS_PER_DESTINATION_PER_DAY -> quotas.callsPerDestinationPerDay();
        };
    throw new QuotaExceededException(quota, limit, row.get("frees_at", Instant.class));
  }
}
