package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.twilio.SandboxCall;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// Real signals to a real relay and a real PostgreSQL.
@Timeout(240)
@Tag("process")
@Isolated("starts processes that take the machine")
@ExtendWith(FaultRecorder.class)
final class ProcessFaultTests {

  private static final Duration SOON = Duration.ofSeconds(30);

  /// The logs of what was killed are kept when something is wrong.
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

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
      value = "F69",
      injected = "SIGKILL with five calls on, then another instance",
      expected = "`INTERRUPTED` (instance_lost) within 45 s, nothing dialled again")
  void killedItsCallsAreSettledByTheNextAndNothingIsDialledAgain(Observed observed)
      throws Exception {
    Seed seed = Seed.of(getClass());
    RelayProcess relay = world.startRelay();
    List<SandboxCall> lines = world.connected(4, 60);
    assertThat(world.place("+15550002008", "one")).isEqualTo(202);
    World.eventually(() -> world.twilio().creates().size() == 1, SOON, "not dialled");
    Thread.sleep(seed.between(Duration.ZERO, Duration.ofSeconds(2)));

    relay.signal("KILL");
    relay.awaitExit(SOON);
    long killed = System.nanoTime();
    world.startRelay();

    for (SandboxCall line : lines) {
      Duration left = Duration.ofSeconds(45).minusNanos(System.nanoTime() - killed);
      world.awaitRow(line, "outcome", "INTERRUPTED", left);
      assertThat(world.row(line, "reason")).isEqualTo("instance_lost");
    }
    observed.note("`INTERRUPTED` (instance_lost) within %.1f s", World.secondsSince(killed));
    assertThat(world.twilio().creates()).hasSize(1);
    assertThat(world.count("SELECT count(*) FROM call")).isEqualTo(5);
    world.settleAndCheck();
    assertThat(world.twilio().creates()).hasSize(1);
  }

  @Test
  @Tag("faults")
  @Fault(
      value = "F56",
      injected = "PostgreSQL killed in mid-call, later started again",
      expected =
          "live calls `COMPLETED` without a lost frame, a new caller hears an apology and is in the books later, not ready meanwhile")
  void whileTheDatabaseIsAwayLiveCallsGoOnAndNothingOfThemIsLost(Observed observed)
      throws Exception {
    RelayProcess relay = world.startRelay();
    world.warmUp(world.url("/"));
    List<SandboxCall> ending = world.connected(2, 6);
    List<SandboxCall> staying = world.connected(2, 25);

    world.stopDatabase();
    World.eventually(() -> !relay.isReady(), SOON, "still ready without a database");
    SandboxCall refused = world.callIn(World.staying(30));
    ending.forEach(line -> line.ended().block(SOON));
    refused.ended().block(SOON);
    assertThat(refused.spoken()).last().asString().startsWith("I am sorry");
    staying.forEach(line -> assertThat(line.finalStatus()).isNull());
    for (String route : List.of("", "/stream", "/" + UUID.randomUUID())) {
      HttpResponse<String> answer = world.get("/api/v1/calls" + route);
      assertThat(answer.statusCode()).as(route).isEqualTo(503);
      assertThat(answer.body()).contains("the database does not answer");
    }
    world.restartDatabase();

    long back = System.nanoTime();
    for (SandboxCall line : ending) {
      world.awaitRow(line, "outcome", "COMPLETED", Duration.ofSeconds(15));
      assertThat(world.row(line, "ended_by")).isEqualTo("CALLER");
    }
    observed.note("`COMPLETED` %.1f s after its return", World.secondsSince(back));
    World.eventually(relay::isReady, Duration.ofSeconds(10), "not ready again");
    observed.note("ready %.1f s after", World.secondsSince(back));
    world.awaitRow(refused, "reason", "database_away", Duration.ofSeconds(15));
    staying.forEach(line -> line.ended().block(SOON));
    for (SandboxCall line : staying) {
      world.awaitRow(line, "outcome", "COMPLETED", Duration.ofSeconds(15));
    }
    assertThat(Stream.concat(ending.stream(), staying.stream()))
        .allMatch(line -> world.droppedFrames(line) == 0);
    assertThat(world.count("SELECT count(*) FROM call WHERE state <> 'ENDED'")).isZero();
    world.settleAndCheck();
  }

  @Test
  @Tag("faults")
  @Fault(
      value = "F59",
      injected = "PostgreSQL stopped by SIGSTOP while three calls end",
      expected = "calls end on time, `COMPLETED` once it goes on")
  void aFrozenDatabaseHoldsUpNoCall(Observed observed) throws Exception {
    world.startRelay();
    world.warmUp(world.url("/"));
    List<SandboxCall> lines = world.connected(3, 5);

    world.signalDatabase("STOP");
    lines.forEach(line -> line.ended().block(SOON));
    world.signalDatabase("CONT");

    long back = System.nanoTime();
    for (SandboxCall line : lines) {
      world.awaitRow(line, "outcome", "COMPLETED", Duration.ofSeconds(20));
    }
    observed.note("`COMPLETED` %.1f s after it went on", World.secondsSince(back));
    world.settleAndCheck();
  }

  @Test
  @Tag("faults")
  @Fault(
      value = "F70",
      injected = "SIGKILL while PostgreSQL is down",
      expected = "`COMPLETED` from the journal after both are back")
  void killedWhileTheDatabaseIsAwayTheNextOneReplaysWhatItWrote(Observed observed)
      throws Exception {
    RelayProcess relay = world.startRelay();
    List<SandboxCall> lines = world.connected(2, 4);
    world.stopDatabase();
    lines.forEach(line -> line.ended().block(SOON));
    World.eventually(this::journalled, SOON, "nothing in the journal");
    relay.signal("KILL");
    relay.awaitExit(SOON);

    world.restartDatabase();
    world.startRelay();

    for (SandboxCall line : lines) {
      world.awaitRow(line, "outcome", "COMPLETED", Duration.ofSeconds(30));
    }
    observed.note("both `COMPLETED`");
    world.settleAndCheck();
  }

  @Test
  @Tag("faults")
  @Fault(
      value = "F55",
      injected = "started while there is no PostgreSQL, which comes later",
      expected =
          "it starts, not ready, and a caller hears an apology; ready within 10 s of its coming, and answers")
  void startedWithoutADatabaseItSpeaksAndIsReadyOnceThereIsOne(Observed observed) throws Exception {
    world.stopDatabase();
    RelayProcess relay = world.startUnready();
    World.eventually(relay::answers, Duration.ofSeconds(60), "no web server");
    SandboxCall line = world.callIn(World.staying(5));
    line.ended().block(SOON);
    assertThat(line.spoken()).last().asString().startsWith("I am sorry");
    assertThat(relay.isReady()).isFalse();

    world.restartDatabase();

    long there = System.nanoTime();
    World.eventually(relay::isReady, Duration.ofSeconds(10), "not ready with a database");
    observed.note("ready %.1f s after", World.secondsSince(there));
    SandboxCall next = world.connected(1, 2).getFirst();
    world.awaitRow(next, "outcome", "COMPLETED", SOON);
    world.awaitRow(line, "reason", "database_away", SOON);
    world.settleAndCheck();
  }

  private boolean journalled() {
    try (var files = Files.list(folder.resolve("journal"))) {
      // Both calls' ends: the media's, and the carrier's word.
      return files.mapToLong(file -> file.toFile().length()).sum() > 1_000;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  @Tag("faults")
  @Fault(
      value = "F67",
      injected = "SIGTERM with three calls on, a drain limit of 6 s",
      expected =
          "a short call `COMPLETED`, long ones `INTERRUPTED` (draining) with an apology, a new caller hears one too, exit 0")
  void askedToStopItLetsCallsEndAndSaysWhatItCannotFinish(Observed observed) throws Exception {
    RelayProcess relay = world.startRelay("CALLBRIDGE_DRAIN_LIMIT", "6s");
    SandboxCall brief = world.connected(1, 3).getFirst();
    List<SandboxCall> lengthy = world.connected(2, 120);
    long asked = System.nanoTime();

    relay.signal("TERM");
    World.eventually(() -> !relay.isReady(), Duration.ofSeconds(2), "still ready");
    SandboxCall late = world.callIn(World.staying(5));
    late.ended().block(SOON);
    assertThat(late.spoken()).as("%s", late.timeline()).last().asString().startsWith("I am sorry");
    brief.ended().block(SOON);

    assertThat(relay.awaitExit(Duration.ofSeconds(15))).isZero();
    assertThat(Duration.ofNanos(System.nanoTime() - asked))
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(13));
    observed.note("exit 0 after %.1f s", World.secondsSince(asked));
    world.awaitRow(brief, "outcome", "COMPLETED", SOON);
    for (SandboxCall line : lengthy) {
      assertThat(world.row(line, "outcome")).isEqualTo("INTERRUPTED");
      assertThat(world.row(line, "reason")).isEqualTo("draining");
      line.ended().block(SOON);
      assertThat(line.spoken()).last().asString().startsWith("I am sorry");
    }
    world.settleAndCheck();
  }

  @Test
  @Tag("faults")
  @Fault(
      value = "F68",
      injected = "SIGTERM twice",
      expected = "`INTERRUPTED` (draining), exit 0 within 10 s")
  void askedToStopTwiceItIsQuick(Observed observed) throws Exception {
    RelayProcess relay = world.startRelay("CALLBRIDGE_DRAIN_LIMIT", "60s");
    SandboxCall line = world.connected(1, 120).getFirst();
    relay.signal("TERM");
    World.eventually(() -> !relay.isReady(), Duration.ofSeconds(2), "still ready");
    assertThat(relay.isAlive()).isTrue();

    long again = System.nanoTime();
    relay.signal("TERM");

    assertThat(relay.awaitExit(Duration.ofSeconds(10))).isZero();
    observed.note("exit 0 after %.1f s", World.secondsSince(again));
    assertThat(world.row(line, "reason")).isEqualTo("draining");
    world.settleAndCheck();
  }
}
