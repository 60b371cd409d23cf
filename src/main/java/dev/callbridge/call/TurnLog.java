package dev.callbridge.call;

import static dev.callbridge.call.CallRows.required;
import static dev.callbridge.call.EventLog.HORIZON;
import static dev.callbridge.call.EventLog.XMIN;

import io.r2dbc.spi.Readable;
import java.util.List;
import java.util.Optional;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// What is said in all calls as it is stored, for those who listen along.
public record TurnLog(DatabaseClient database) {

  private static final int MAX_TURNS = 1_000;

  /// Turns that are new or were changed, and the transaction to go on from.
  public record Turns(List<ChangedTurn> turns, long next) {}

  public record ChangedTurn(Call call, Turn turn) {}

  private record Row(long horizon, long xact, Optional<ChangedTurn> turn) {}

  /// Turns changed by that transaction or a later one. The last transaction of a full page is given
  /// again with the next.
  public Mono<Turns> from(long xact) {
    return database
        .sql(
            HORIZON
                + " SELECT "
                + XMIN
                + """
                , CAST(CAST(t.xact AS text) AS bigint) AS turn_xact, t.position, t.role, t.text, t.heard, t.corrected,
                  t.interrupted, t.at, t.latency, c.*
                FROM horizon h LEFT JOIN LATERAL (
                  SELECT * FROM transcript_turn WHERE xact >= CAST(:from AS xid8) AND xact < h.xmin
                  ORDER BY xact LIMIT :limit) t ON true
                LEFT JOIN call c ON c.id = t.call_id
                ORDER BY t.xact, t.call_id, t.position
                """)
        .bind("from", Long.toString(xact))
        .bind("limit", MAX_TURNS)
        .map((Readable row) -> row(row))
        .all()
        .collectList()
        .map(rows -> {
          Row last = rows.getLast();
          List<ChangedTurn> turns = rows.stream().flatMap(row -> row.turn().stream()).toList();
          return new Turns(turns, turns.size() < MAX_TURNS ? last.horizon() : last.xact());
        })
        .timeout(EventLog.TIMEOUT);
  }

  private static Row row(Readable row) {
    Long xact = row.get("turn_xact", Long.class);
    long horizon = required(row, "horizon", Long.class);
    return xact == null
        ? new Row(horizon, horizon, Optional.empty())
        : new Row(
            horizon, xact, Optional.of(new ChangedTurn(CallRows.call(row), Transcripts.turn(row))));
  }
}
