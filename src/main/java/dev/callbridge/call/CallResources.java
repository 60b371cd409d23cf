package dev.callbridge.call;

import static dev.callbridge.call.CallRows.required;

import io.r2dbc.spi.Readable;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Calls as the API gives them, with what they have cost.
@Component
public class CallResources {

  private static final CallCost.Known NOTHING = new CallCost.Known(null, null, 0, 0, null, null);

  private final DatabaseClient database;
  private final CostSettings rates;

  CallResources(DatabaseClient database, CostSettings rates) {
    this.database = database;
    this.rates = rates;
  }

  public Mono<CallResource> of(Call call) {
    return of(List.of(call)).map(List::getFirst);
  }

  /// In the order given.
  public Mono<List<CallResource>> of(List<Call> calls) {
    UUID[] over = calls.stream().filter(Call::isOver).map(Call::id).toArray(UUID[]::new);
    Mono<Map<UUID, CallCost.Known>> known = over.length == 0 ? Mono.just(Map.of()) : known(over);
    return known.map(costs ->
        calls.stream()
            .map(call ->
                CallResource.of(
                    call, CallCost.of(call, costs.getOrDefault(call.id(), NOTHING), rates)))
            .toList());
  }

  private record Row(UUID id, CallCost.Known known) {}

  private Mono<Map<UUID, CallCost.Known>> known(UUID[] ids) {
    return database
        .sql(
            """
            SELECT c.id, p.amount, p.currency, t.conversations, t.reported, t.credits, t.usd
            FROM call c
            LEFT JOIN call_price p ON p.call_id = c.id
            CROSS JOIN LATERAL (
              SELECT CAST(count(*) AS int) AS conversations,
                CAST(count(coalesce(r.credits, r.usd)) AS int) AS reported,
                CAST(sum(r.credits) AS bigint) AS credits,
                CASE WHEN count(r.usd) = count(*) THEN sum(r.usd) END AS usd
              FROM (
                SELECT DISTINCT e.details ->> 'conversationId' AS id FROM call_event e
                WHERE e.call_id = c.id AND e.kind = 'AGENT_CONNECTED') had
              LEFT JOIN conversation_report r ON r.conversation_id = had.id) t
            WHERE c.id = ANY(:ids)
            """)
        .bind("ids", ids)
        .map((Readable row) -> row(row))
        .all()
        .collectMap(Row::id, Row::known)
        .timeout(CallStore.TIMEOUT);
  }

  private static Row row(Readable row) {
    return new Row(
        required(row, "id", UUID.class),
        new CallCost.Known(
            row.get("amount", BigDecimal.class),
            row.get("currency", String.class),
            required(row, "conversations", Integer.class),
            required(row, "reported", Integer.class),
            row.get("credits", Long.class),
            row.get("usd", BigDecimal.class)));
  }
}
