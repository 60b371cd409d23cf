package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.ToxicProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What lies between a relay and its database is slow, dead, or late with the answer.
@Timeout(240)
@Tag("faults")
@ExtendWith(FaultRecorder.class)
final class DatabasePathTests {

  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private World world;
  private ToxicProxy path;
  private RelayProcess relay;

  @BeforeEach
  void build() throws Exception {
    world = new World(folder);
    path = ToxicProxy.before(world.databasePort());
    relay = world.startRelay(world.databaseAt(path.port()));
    world.warmUp(world.url("/"));
  }

  @AfterEach
  void tearDown() throws Exception {
    path.close();
    world.close();
  }

  @Test
  @Fault(
      value = "F58",
      injected = "every answer of PostgreSQL 2 s late, while two calls end and two go on",
      expected =
          "live calls lose no frame, status callbacks answered within 5 s and spooled, a new caller hears an apology "
              + "within 6 s, all `COMPLETED` once it is quick again")
  void aSlowDatabaseIsWaitedForByNoCall(Observed observed) throws Exception {
    List<SandboxCall> ending = world.connected(2, 300);
    List<SandboxCall> healthy = world.connected(world.url("/"), 2, Healthy.talks(2));

    path.delayReplies(Duration.ofSeconds(2));
    ending.forEach(SandboxCall::hangUp);
    ending.forEach(line -> line.settled().block(SOON));
    SandboxCall late = world.callIn(World.staying(5));
    late.settled().block(SOON);
    for (SandboxCall line : ending) {
      assertThat(Callbacks.lost(line)).isEmpty();
    }
    observed.note(
        "callbacks answered within %.1f s",
        ending.stream().mapToDouble(Callbacks::slowest).max().orElseThrow());
    assertThat(ending).allMatch(line -> Callbacks.slowest(line) < 5);
    assertThat(late.spoken()).last().asString().startsWith("I am sorry");
    double waited = Callbacks.untilSpoken(late);
    observed.note("a new caller heard an apology after %.1f s", waited);
    assertThat(waited).isLessThan(6);
    healthy.forEach(line -> line.ended().block(SOON));
    path.heal();

    long healed = System.nanoTime();
    for (SandboxCall line : ending) {
      world.awaitRow(line, "outcome", "COMPLETED", SOON);
    }
    for (SandboxCall line : healthy) {
      Healthy.check(world, line);
    }
    world.awaitRow(late, "reason", "database_away", SOON);
    observed.note("all stored %.1f s after", World.secondsSince(healed));
    world.settleAndCheck();
  }

  @Test
  @Fault(
      value = "F61",
      injected =
          "connections to PostgreSQL that take everything and answer nothing, for 15 s; they stay so",
      expected =
          "live calls lose no frame, not ready meanwhile, ready and all `COMPLETED` within 20 s of a path that works")
  void aDeadPathIsGivenUpAndAnotherOneTaken(Observed observed) throws Exception {
    List<SandboxCall> ending = world.connected(2, 300);
    List<SandboxCall> healthy = world.connected(world.url("/"), 2, Healthy.talks(2));

    path.swallow();
    long dead = System.nanoTime();
    ending.forEach(SandboxCall::hangUp);
    World.eventually(() -> !relay.isReady(), Duration.ofSeconds(15), "still ready");
    SandboxCall late = world.callIn(World.staying(5));
    late.settled().block(SOON);
    assertThat(late.spoken()).last().asString().startsWith("I am sorry");
    healthy.forEach(line -> line.ended().block(SOON));
    World.eventually(() -> World.secondsSince(dead) > 15, SOON, "time stands still");
    path.heal();

    long healed = System.nanoTime();
    World.eventually(relay::isReady, Duration.ofSeconds(20), "not ready again");
    observed.note("ready %.1f s after", World.secondsSince(healed));
    for (SandboxCall line : ending) {
      world.awaitRow(line, "outcome", "COMPLETED", SOON);
    }
    observed.note("all stored %.1f s after", World.secondsSince(healed));
    for (SandboxCall line : healthy) {
      Healthy.check(world, line);
    }
    SandboxCall next = world.connected(1, 2).getFirst();
    world.awaitRow(next, "outcome", "COMPLETED", SOON);
    // None of the dead ones is left in the pool to be met again.
    for (int i = 0; i < 40; i++) {
      assertThat(world.get("/api/v1/calls").statusCode()).isEqualTo(200);
    }
    world.settleAndCheck();
  }

  @Test
  @Fault(
      value = "F66",
      injected =
          "PostgreSQL does what it is told, and its answers come 3 s later, when nobody waits any more",
      expected =
          "one row and one end for each call, every event once; a call that was answered 503 and asked for again is dialled once")
  void whatWasDoneAndNotAcknowledgedIsNotDoneTwice(Observed observed) throws Exception {
    List<SandboxCall> ending = world.connected(2, 300);
    List<SandboxCall> healthy = world.connected(world.url("/"), 2, Healthy.talks(1));

    path.delayReplies(Duration.ofSeconds(3));
    assertThat(world.place("+15550002000", "late")).isEqualTo(503);
    SandboxCall turnedAway = world.callIn(World.staying(5));
    ending.forEach(SandboxCall::hangUp);
    ending.forEach(line -> line.settled().block(SOON));
    turnedAway.settled().block(SOON);
    healthy.forEach(line -> line.ended().block(SOON));
    path.heal();
    World.eventually(
        () -> relay.gauge("callbridge_evidence_outage") == 0, SOON, "evidence is still spooled");

    World.eventually(() -> accepted("late"), SOON, "asked again, and refused");
    World.eventually(() -> world.twilio().creates().size() == 1, SOON, "not dialled");
    for (SandboxCall line : ending) {
      world.awaitRow(line, "outcome", "COMPLETED", SOON);
    }
    for (SandboxCall line : healthy) {
      Healthy.check(world, line);
    }
    world.awaitRow(turnedAway, "reason", "database_away", SOON);
    assertThat(
            world.count(
                "SELECT count(*) FROM (SELECT 1 FROM call_event GROUP BY call_id, source, kind, source_key HAVING count(*) > 1) twice"))
        .isZero();
    assertThat(world.count("SELECT count(*) FROM call")).isEqualTo(world.twilio().calls().size());
    world.settleAndCheck();
    assertThat(world.twilio().creates()).hasSize(1);
    observed.note("a row and an end for each, 1 dial");
  }

  private boolean accepted(String key) {
    try {
      int status = world.place("+15550002000", key);
      assertThat(status).isIn(200, 202, 503);
      return status != 503;
    } catch (java.io.IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
