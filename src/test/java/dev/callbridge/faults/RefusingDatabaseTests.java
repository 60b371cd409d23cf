package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.twilio.SandboxCall;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A database that is there and refuses: it takes no writes, or its schema is another.
@Timeout(240)
@Tag("faults")
@ExtendWith(FaultRecorder.class)
final class RefusingDatabaseTests {

  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private World world;

  @BeforeEach
  void build() throws Exception {
    world = new World(folder);
  }

  @AfterEach
  void tearDown() throws Exception {
    world.close();
  }

  @Test
  @Fault(
      value = "F64",
      injected = "PostgreSQL read-only, as a standby is, while two calls end and a new one comes",
      expected =
          "as if it were away: journal, an alert, an apology; all stored once it takes writes again, live calls lose nothing")
  void aDatabaseThatIsReadOnlyIsAsGoodAsAway(Observed observed) throws Exception {
    refused(
        "ALTER SYSTEM SET default_transaction_read_only = on",
        "ALTER SYSTEM RESET default_transaction_read_only",
        observed);
  }

  @Test
  @Fault(
      value = "F64",
      injected = "every write answered as by a full disk (53100, from a trigger)",
      expected =
          "as if it were away: journal, an alert, an apology; all stored once there is room again, live calls lose nothing")
  void aDatabaseWithoutRoomIsAsGoodAsAway(Observed observed) throws Exception {
    refused(
        """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
        END $$;
        CREATE TRIGGER full_call BEFORE INSERT OR UPDATE ON call FOR EACH STATEMENT EXECUTE FUNCTION full_disk();
        CREATE TRIGGER full_event BEFORE INSERT ON call_event FOR EACH STATEMENT EXECUTE FUNCTION full_disk();
        CREATE TRIGGER full_turn BEFORE INSERT OR UPDATE ON transcript_turn FOR EACH STATEMENT EXECUTE FUNCTION full_disk()
        """,
        "DROP FUNCTION full_disk CASCADE",
        observed);
  }

  private void refused(String begin, String end, Observed observed) throws Exception {
    RelayProcess relay = world.startRelay();
    world.warmUp(world.url("/"));
    List<SandboxCall> ending = world.connected(2, 300);
    List<SandboxCall> healthy = world.connected(world.url("/"), 2, Healthy.talks(1));

    change(begin);
    ending.forEach(SandboxCall::hangUp);
    SandboxCall late = world.callIn(World.staying(5));
    ending.forEach(line -> line.settled().block(SOON));
    late.settled().block(SOON);
    assertThat(late.spoken()).last().asString().startsWith("I am sorry");
    World.eventually(() -> relay.gauge("callbridge_evidence_outage") == 1, SOON, "no alert");
    healthy.forEach(line -> line.ended().block(SOON));
    change(end);

    long mended = System.nanoTime();
    for (SandboxCall line : ending) {
      world.awaitRow(line, "outcome", "COMPLETED", SOON);
    }
    world.awaitRow(late, "reason", "database_away", SOON);
    observed.note("all stored %.1f s after", World.secondsSince(mended));
    for (SandboxCall line : healthy) {
      Healthy.check(world, line);
    }
    assertThat(relay.gauge("callbridge_evidence_lost_total")).isZero();
    world.settleAndCheck();
  }

  /// And has every connection take note.
  private void change(String sql) throws SQLException {
    for (String statement : sql.split(";(?=\\s*CREATE TRIGGER)")) {
      world.execute(statement);
    }
    world.execute("SELECT pg_reload_conf()");
  }

  enum Schema {
    /// By a later release.
    NEWER(
        "INSERT INTO flyway_schema_history SELECT 1000, '1000', 'of tomorrow', 'SQL', 'V1000__of_tomorrow.sql', 1, 'postgres', now(), 1, true"),
    /// By hand, under this release's name.
    CHANGED("UPDATE flyway_schema_history SET checksum = checksum + 1 WHERE version = '2'");

    private final String sql;

    Schema(String sql) {
      this.sql = sql;
    }
  }

  @ParameterizedTest
  @EnumSource
  @Fault(
      value = "F65",
      injected = "the schema of a later release, or one changed by hand",
      expected = "never ready, and one line says why")
  void aSchemaThatDoesNotFitIsRefusedInWords(Schema schema, Observed observed) throws Exception {
    migrate("latest");
    world.execute(schema.sql);

    RelayProcess relay = world.startUnready();
    int exit = relay.awaitExit(Duration.ofSeconds(60));

    assertThat(exit).isNotZero();
    String line = relay.line(".*(ERROR|WARN|Caused by).*(schema|igration).*");
    assertThat(line).isNotEmpty();
    observed.note("exit %d: \"%s\"", exit, line.replaceFirst("^.*?(Caused by: | : )", ""));
  }

  @Test
  @Fault(
      value = "F65",
      injected = "the schema of an earlier release, with a call in it",
      expected = "brought up to date, ready, the call still there")
  void anOlderSchemaIsBroughtUpToDate(Observed observed) throws Exception {
    migrate("5");
    world.execute(
        """
        INSERT INTO call (id, direction, assistant, from_number, to_number, ring_timeout_seconds,
          max_duration_seconds, state, outcome, ended_by, reason, ended_at, created_at)
        VALUES (gen_random_uuid(), 'OUTBOUND', 'default', '+15550001000', '+15550002001', 30, 600,
          'ENDED', 'BUSY', 'CARRIER', 'busy', now(), now() - interval '1 day')
        """);

    world.startRelay();

    assertThat(world.get("/api/v1/calls").body()).contains("\"BUSY\"");
    SandboxCall line = world.connected(1, 2).getFirst();
    world.awaitRow(line, "outcome", "COMPLETED", SOON);
    observed.note(
        "ready, at version %s",
        world.column("SELECT max(version::int)::text FROM flyway_schema_history"));
    world.settleAndCheck();
  }

  private void migrate(String target) {
    Flyway.configure()
        .dataSource(world.jdbcUrl(), "postgres", "postgres")
        .target(target)
        .load()
        .migrate();
  }
}
