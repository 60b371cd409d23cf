package dev.callbridge.diagnostics;

import io.r2dbc.spi.Readable;
import java.util.Set;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Whether calls can be stored.
@Component
class DatabaseStep {

  static final String ID = "database";

  private static final String REMEDY =
      "See whether PostgreSQL runs, and whether SPRING_R2DBC_URL, its user and password are right. Calls that are on go on, and what happens in them is kept on disk meanwhile.";

  private final DatabaseClient database;
  private final Mono<Finding> finding;

  DatabaseStep(DatabaseClient database, Facts facts) {
    this.database = database;
    this.finding = facts.shared(Mono.defer(this::ask));
  }

  Step step() {
    return new Step(
        ID,
        "The database answers and can be written to",
        Set.of(),
        _ -> finding.onErrorReturn(unanswered()));
  }

  private Mono<Finding> ask() {
    return database
        .sql(
            """
            SELECT to_regclass('call_event') IS NOT NULL AS migrated,
              current_setting('transaction_read_only') = 'on' AS read_only
            """)
        .map(DatabaseStep::read)
        .one();
  }

  private static Finding read(Readable row) {
    if (Boolean.TRUE.equals(row.get("read_only", Boolean.class))) {
      return Finding.failed(
          "The database answers, and cannot be written to.",
          "Point SPRING_R2DBC_URL to the primary; a standby, or a full disk, is read-only.");
    } else if (!Boolean.TRUE.equals(row.get("migrated", Boolean.class))) {
      return Finding.failed(
          "The database answers, and has not Callbridge's tables.",
          "They are made at the start: see the log of the start, and whether the database's user may make tables.");
    }
    return Finding.passed("It answers, and its tables are there.");
  }

  private static Finding unanswered() {
    return Finding.failed("The database does not answer.", REMEDY).passing();
  }
}
