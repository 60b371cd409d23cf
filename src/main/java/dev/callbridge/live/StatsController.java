package dev.callbridge.live;

import dev.callbridge.call.LiveCalls;
import dev.callbridge.call.Outcome;
import dev.callbridge.live.Stats.Bucket;
import dev.callbridge.live.Stats.Quantiles;
import dev.callbridge.live.Stats.Reached;
import io.r2dbc.spi.Readable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// How calls went in the last minutes, for charts.
@RestController
class StatsController {

  static final String PATH = "/api/v1/stats";

  private static final int MAX_MINUTES = 24 * 60;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final DatabaseClient database;
  private final LiveCalls live;
  private final LatencyBuckets latency;
  private final Clock clock = Clock.systemUTC();

  StatsController(DatabaseClient database, LiveCalls live, LatencyBuckets latency) {
    this.database = database;
    this.live = live;
    this.latency = latency;
  }

  private record Row(
      @Nullable Instant at, @Nullable String outcome, long calls, @Nullable Quantiles agentMs) {}

  @GetMapping(PATH)
  Mono<Stats> stats(@RequestParam(defaultValue = "60") int minutes) {
    if (minutes < 5 || minutes > MAX_MINUTES) {
      throw new ResponseStatusException(
          HttpStatus.BAD_REQUEST, "minutes: " + minutes + " is not from 5 to " + MAX_MINUTES);
    }
    int width = minutes <= 60 ? 1 : minutes <= 360 ? 5 : 30;
    long bucket = Duration.ofMinutes(width).toMillis();
    long end = clock.millis() / bucket * bucket + bucket;
    Instant since = Instant.ofEpochMilli(end - Duration.ofMinutes(minutes).toMillis());
    return rows(since, width).map(rows -> stats(rows, since, end, width));
  }

  /// By bucket and outcome, by bucket, and of all: a null stands for all.
  private Mono<List<Row>> rows(Instant since, int width) {
    return database
        .sql(
            """
            WITH lately AS (
              SELECT date_bin(make_interval(mins => :width), created_at, :since) AS at, outcome,
                1000 * extract(epoch FROM agent_connected_at - answered_at) AS agent
              FROM call WHERE created_at >= :since)
            SELECT at, outcome, count(*) AS calls,
              CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY agent) AS float8) AS p50,
              CAST(percentile_cont(0.95) WITHIN GROUP (ORDER BY agent) AS float8) AS p95
            FROM lately GROUP BY GROUPING SETS ((at, outcome), (at), (outcome), ())
            HAVING grouping(outcome) = 1 OR outcome IS NOT NULL
            """)
        .bind("width", width)
        .bind("since", since)
        .map((Readable row) -> row(row))
        .all()
        .collectList()
        .timeout(TIMEOUT);
  }

  private static Row row(Readable row) {
    Double p50 = row.get("p50", Double.class);
    Double p95 = row.get("p95", Double.class);
    return new Row(
        row.get("at", Instant.class),
        row.get("outcome", String.class),
        Objects.requireNonNull(row.get("calls", Long.class)),
        p50 == null || p95 == null ? null : new Quantiles(p50, p95));
  }

  private Stats stats(List<Row> rows, Instant since, long end, int width) {
    long of = 0;
    long completed = 0;
    Quantiles agentMs = null;
    for (Row row : rows) {
      if (row.at() == null && row.outcome() == null) {
        agentMs = row.agentMs();
      } else if (row.at() == null && row.outcome() != null) {
        Outcome outcome = Outcome.valueOf(row.outcome());
        completed += outcome == Outcome.COMPLETED ? row.calls() : 0;
        of += outcome == Outcome.COMPLETED || !outcome.isExpected() ? row.calls() : 0;
      }
    }
    List<Bucket> buckets = new ArrayList<>();
    Duration step = Duration.ofMinutes(width);
    for (Instant at = since; at.toEpochMilli() < end; at = at.plus(step)) {
      buckets.add(bucket(rows, at));
    }
    return new Stats(
        live.connections().size(),
        live.limit(),
        new Reached(completed, of),
        agentMs,
        width,
        buckets,
        latency.read());
  }

  private static Bucket bucket(List<Row> rows, Instant at) {
    Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    long calls = 0;
    Quantiles agentMs = null;
    for (Row row : rows) {
      if (at.equals(row.at()) && row.outcome() != null) {
        outcomes.put(Outcome.valueOf(row.outcome()), row.calls());
      } else if (at.equals(row.at())) {
        calls = row.calls();
        agentMs = row.agentMs();
      }
    }
    return new Bucket(at, calls, outcomes, agentMs);
  }
}
