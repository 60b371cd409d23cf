package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import io.netty.util.ResourceLeakDetector;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/// A database with too few connections, whose connections are ended, or whose rows others hold.
@Timeout(300)
@Tag("faults")
@ExtendWith(FaultRecorder.class)
final class StrainedDatabaseTests {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration LATER = Duration.ofSeconds(90);
  private static final int PRESSES = 40;

  @TempDir private Path folder;
  private World world;

  /// So many callers and agents in this process leave it no time to note where each buffer was.
  private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

  @BeforeEach
  void build() throws Exception {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    world = new World(folder);
  }

  @AfterEach
  void tearDown() throws Exception {
    world.close();
    ResourceLeakDetector.setLevel(level);
  }

  @Test
  @Fault(
      value = "F60",
      injected = "a pool of two connections, 100 calls hung up at the same moment",
      expected =
          "all `COMPLETED`, every callback answered, nothing lost; the calls that go on lose nothing")
  void manyEndsThroughTwoConnectionsAreAllKept(Observed observed) throws Exception {
    int calls = 100;
    RelayProcess relay =
        world.startRelay("SPRING_R2DBC_POOL_MAX_SIZE", "2", "SPRING_R2DBC_POOL_INITIAL_SIZE", "1");
    world.warmUp(world.url("/"));
    long before = heard();
    List<SandboxCall> lines =
        Objects.requireNonNull(
            Flux.interval(Duration.ofMillis(200))
                .onBackpressureBuffer(calls)
                .take(calls)
                .map(_ -> world.callIn(World.staying(300)))
                .collectList()
                .block(LATER));
    World.eventually(
        () -> heard() - before == calls || apologies(lines) > 0,
        LATER,
        "not all have heard their agent");
    assertThat(apologies(lines)).isZero();
    List<SandboxCall> healthy = world.connected(world.url("/"), 3, Healthy.talks(0));

    long ended = System.nanoTime();
    lines.forEach(SandboxCall::hangUp);
    lines.forEach(line -> line.settled().block(LATER));
    observed.note("callbacks answered within %.1f s", World.secondsSince(ended));
    for (SandboxCall line : lines) {
      world.awaitRow(line, "outcome", "COMPLETED", LATER);
    }
    observed.note("all `COMPLETED` within %.1f s", World.secondsSince(ended));
    assertThat(lines).allMatch(line -> Callbacks.lost(line).isEmpty());
    for (SandboxCall line : healthy) {
      Healthy.check(world, line);
    }
    assertThat(relay.gauge("callbridge_evidence_lost_total")).isZero();
    world.settleAndCheck();
  }

  private static long apologies(List<SandboxCall> lines) {
    return lines.stream().filter(line -> !line.spoken().isEmpty()).count();
  }

  private long heard() {
    return world.count("SELECT count(*) FROM call WHERE first_agent_audio_at IS NOT NULL");
  }

  @Test
  @Fault(
      value = "F62",
      injected =
          "all of the relay's connections ended by pg_terminate_backend, every 0.2 to 0.6 s, while calls come and end",
      expected = "nobody hears an apology, all `COMPLETED`, nothing lost")
  void connectionsThatAreEndedAreReplacedUnnoticed(Observed observed) throws Exception {
    Seed seed = Seed.of(getClass());
    RelayProcess relay = world.startRelay();
    world.warmUp(world.url("/"));
    List<SandboxCall> healthy = world.connected(world.url("/"), 3, Healthy.talks(2));
    List<SandboxCall> coming = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      coming.add(world.callIn(World.staying(4)));
      terminate(seed);
    }

    coming.forEach(line -> line.settled().block(LATER));
    healthy.forEach(line -> line.ended().block(LATER));
    long apologies = apologies(coming);
    observed.note("%d connections ended, %d apologies", terminated, apologies);
    assertThat(terminated).isGreaterThan(20);
    assertThat(apologies).isZero();
    for (SandboxCall line : coming) {
      world.awaitRow(line, "outcome", "COMPLETED", SOON);
    }
    for (SandboxCall line : healthy) {
      Healthy.check(world, line);
    }
    assertThat(relay.gauge("callbridge_evidence_lost_total")).isZero();
    world.settleAndCheck();
  }

  private long terminated;

  private void terminate(Seed seed) throws InterruptedException {
    Thread.sleep(seed.between(Duration.ofMillis(200), Duration.ofMillis(600)));
    terminated +=
        world.count(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
            """);
  }

  @Test
  @Fault(
      value = "F63",
      injected =
          "somebody else locks the row of a call that is on, then the table that whoever writes about that call has locked already",
      expected =
          "PostgreSQL ends the deadlocks at our cost, and what they cost is tried again: all `COMPLETED`, every event once, nothing lost")
  void deadlocksCostNoEvidence(Observed observed) throws Exception {
    Seed seed = Seed.of(getClass());
    RelayProcess relay = world.startRelay();
    world.warmUp(world.url("/"));
    List<SandboxCall> healthy = world.connected(world.url("/"), 3, Healthy.talks(2));
    // There is something to write about them all the time.
    List<SandboxCall> pressing = world.connected(world.url("/"), 3, pressing());
    List<String> ids = pressing.stream().map(line -> world.row(line, "id")).toList();

    long begun = System.nanoTime();
    try (Connection other = world.connect();
        Statement statement = other.createStatement()) {
      // Whoever waits shorter finds the deadlock, and is its victim.
      statement.execute("SET deadlock_timeout = '20s'");
      other.setAutoCommit(false);
      for (int i = 0; World.secondsSince(begun) < 12; i++) {
        String id = ids.get(i % ids.size());
        statement.execute("SELECT 1 FROM call WHERE id = '" + id + "' FOR UPDATE");
        Thread.sleep(seed.between(Duration.ofMillis(200), Duration.ofMillis(800)));
        statement.execute("LOCK TABLE call_event IN SHARE MODE");
        other.rollback();
      }
    }
    for (SandboxCall line : healthy) {
      Healthy.check(world, line);
    }
    for (SandboxCall line : pressing) {
      line.settled().block(LATER);
      world.awaitRow(line, "outcome", "COMPLETED", LATER);
      long pressed = line.timeline().stream().filter(entry -> entry.kind().equals("dtmf")).count();
      assertThat(pressed).isGreaterThan(PRESSES / 2);
      assertThat(
              world.count(
                  "SELECT count(*) FROM call_event WHERE kind = 'DTMF' AND call_id = '%s'"
                      .formatted(world.row(line, "id"))))
          .isEqualTo(pressed);
    }
    long deadlocks =
        world.count("SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'");
    observed.note("%d deadlocks", deadlocks);
    assertThat(deadlocks).isPositive();
    assertThat(relay.gauge("callbridge_evidence_lost_total")).isZero();
    world.settleAndCheck();
  }

  private static CallerScript pressing() {
    CallerScript script = CallerScript.answersAfter(Duration.ofMillis(200)).listens();
    for (int i = 0; i < PRESSES; i++) {
      script = script.presses("1").staysSilentFor(Duration.ofMillis(300));
    }
    return script.hangsUp();
  }
}
