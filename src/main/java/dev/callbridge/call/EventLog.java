package dev.callbridge.call;

import static dev.callbridge.call.CallRows.bind;
import static dev.callbridge.call.CallRows.required;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// The evidence of all calls, to be read in one order by however many, without a gap: what is given
/// is below the oldest transaction that is still open, and nothing can be added there any more.
///
/// @param database not the calls' own connections, which a reader could hold up
public record EventLog(DatabaseClient database) {

  /// The channel on which the database says that there is something new.
  public static final String CHANNEL = "callbridge_stream";

  static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_OPEN_CALLS = 5_000;

  static final String HORIZON =
      "WITH horizon AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin)";
  static final String XMIN = "CAST(CAST(h.xmin AS text) AS bigint) AS horizon";

  /// @param next where the next page begins, also where this one is empty
  /// @param isFull there may be more at once
  /// @param isHeldUp something newer waits for an older transaction to end
  public record Page(List<LoggedEvent> events, Position next, boolean isFull, boolean isHeldUp) {}

  /// The calls that are not over, as they are at that position.
  ///
  /// @param lastId of the newest event that they follow from, 0 where there is none at all
  /// @param isAll false where there are more than are given; these are the newest
  public record OpenCalls(List<Call> calls, Position position, long lastId, boolean isAll) {}

  private record Found(long horizon, Optional<Place> place) {}

  private record Place(Position position, UUID call, boolean isFinal) {}

  /// Where a stored event is; empty for one that is not known.
  public Mono<Position> find(long id) {
    return database
        .sql("SELECT CAST(CAST(xact AS text) AS bigint) AS xact FROM call_event WHERE id = :id")
        .bind("id", id)
        .map(row -> new Position(required(row, "xact", Long.class), id))
        .one()
        .timeout(TIMEOUT);
  }

  /// The position that everything stored so far is not after.
  public Mono<Position> head() {
    return database
        .sql(HORIZON + " SELECT " + XMIN + " FROM horizon h")
        .map(row -> new Position(required(row, "horizon", Long.class), 0))
        .one()
        .timeout(TIMEOUT);
  }

  /// The oldest events after that position.
  ///
  /// @param call whose events alone are asked for, or null
  public Mono<Page> after(Position from, @Nullable UUID call, int limit) {
    return bind(
            database
                .sql(
                    HORIZON
                        + " SELECT "
                        + XMIN
                        + """
                        , e.id, e.call_id, CAST(CAST(e.xact AS text) AS bigint) AS xact, e.xact < h.xmin AS final
                        FROM horizon h LEFT JOIN LATERAL (
                          SELECT id, call_id, xact FROM call_event
                          WHERE (xact, id) > (CAST(:xact AS xid8), :id) AND (CAST(:call AS uuid) IS NULL OR call_id = :call)
                          ORDER BY xact, id LIMIT :limit) e ON true
                        """)
                .bind("xact", Long.toString(from.xact()))
                .bind("id", from.id())
                .bind("limit", limit),
            "call",
            call,
            UUID.class)
        .map((Readable row) -> found(row))
        .all()
        .collectList()
        .flatMap(found -> page(from, found, limit))
        .timeout(TIMEOUT);
  }

  private static Found found(Readable row) {
    Long id = row.get("id", Long.class);
    return new Found(
        required(row, "horizon", Long.class),
        id == null
            ? Optional.empty()
            : Optional.of(
                new Place(
                    new Position(required(row, "xact", Long.class), id),
                    required(row, "call_id", UUID.class),
                    required(row, "final", Boolean.class))));
  }

  private Mono<Page> page(Position from, List<Found> found, int limit) {
    List<Place> seen = found.stream().flatMap(row -> row.place().stream()).toList();
    List<Place> places = seen.stream().filter(Place::isFinal).toList();
    boolean full = places.size() == limit;
    boolean heldUp = places.size() < seen.size();
    // Nothing else is below the horizon, nor will be.
    Position next =
        full
            ? places.stream().map(Place::position).max(Comparator.naturalOrder()).orElse(from)
            : new Position(found.getFirst().horizon(), 0).orLater(from);
    return events(places).map(events -> new Page(events, next, full, heldUp));
  }

  private Mono<List<LoggedEvent>> events(List<Place> places) {
    if (places.isEmpty()) {
      return Mono.just(List.of());
    }
    Map<Long, Position> wanted = new HashMap<>();
    places.forEach(place -> wanted.put(place.position().id(), place.position()));
    Set<UUID> calls = places.stream().map(Place::call).collect(Collectors.toSet());
    return database
        .sql(
            HORIZON
                + " SELECT "
                + History.COLUMNS
                + " FROM horizon h, call c WHERE c.id = ANY(:ids)")
        .bind("ids", calls.toArray(UUID[]::new))
        .map((Readable row) -> History.of(row))
        .all()
        .flatMapIterable(history -> history.at(wanted).toList())
        .sort(Comparator.comparing(LoggedEvent::position))
        .collectList();
  }

  /// All that are not over, or the one that is named, over or not.
  public Mono<OpenCalls> openCalls(@Nullable UUID call) {
    String which = call == null ? "c.state <> 'ENDED'" : "c.id = :call";
    var select =
        database
            .sql(
                HORIZON
                    + " SELECT "
                    + XMIN
                    + ", last.id AS last_id, "
                    + History.COLUMNS
                    + " FROM horizon h LEFT JOIN LATERAL (SELECT id FROM call_event WHERE xact < h.xmin"
                    + " ORDER BY xact DESC, id DESC LIMIT 1) last ON true LEFT JOIN call c ON "
                    + which
                    + " ORDER BY c.id DESC LIMIT :limit")
            .bind("limit", MAX_OPEN_CALLS + 1);
    return (call == null ? select : select.bind("call", call))
        .map((Readable row) ->
            new Seen(
                required(row, "horizon", Long.class), row.get("last_id", Long.class), history(row)))
        .all()
        .collectList()
        .map(seen -> openCalls(seen, call != null))
        .timeout(TIMEOUT);
  }

  private record Seen(long horizon, @Nullable Long lastId, Optional<History> history) {}

  private static Optional<History> history(Readable row) {
    return row.get("id", UUID.class) == null ? Optional.empty() : Optional.of(History.of(row));
  }

  private static OpenCalls openCalls(List<Seen> seen, boolean alsoEnded) {
    List<Call> calls =
        seen.stream()
            .limit(MAX_OPEN_CALLS)
            .flatMap(row -> row.history().stream())
            .map(History::now)
            .filter(call -> alsoEnded || !call.isOver())
            .toList();
    Seen any = seen.getFirst();
    long lastId = any.lastId() == null ? 0 : any.lastId();
    Position position = new Position(any.horizon(), 0);
    return new OpenCalls(calls, position, lastId, seen.size() <= MAX_OPEN_CALLS);
  }
}
