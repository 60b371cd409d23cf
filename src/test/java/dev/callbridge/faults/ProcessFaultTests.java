package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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
import org.junit.jupiter.api.io.TempDir;

/// Real signals to a real relay and a real PostgreSQL.
@Timeout(240)
@Tag("process")
@ExtendWith(FaultRecorder.class)
final class ProcessFaultTests {

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

  /// A person who stays on for that long.
  private static CallerScript staying(int seconds) {
    return CallerScript.answersAfter(Duration.ofMillis(200))
        .staysSilentFor(Duration.ofSeconds(seconds))
        .hangsUp();
  }

  private List<SandboxCall> connected(int calls, int seconds) {
    List<SandboxCall> lines =
        Stream.generate(() -> world.callIn(staying(seconds))).limit(calls).toList();
    for (SandboxCall line : lines) {
      World.eventually(
          () -> !world.row(line, "first_agent_audio_at").isEmpty(), SOON, "no agent on the line");
    }
    return lines;
  }

  @Test
  @Fault(
      value = "F69",
      injected = "SIGKILL with five calls on, then another instance",
      expected = "`INTERRUPTED` (instance_lost) within 45 s, nothing dialled again")
  void killedItsCallsAreSettledByTheNextAndNothingIsDialledAgain() throws Exception {
    RelayProcess relay = world.startRelay();
    List<SandboxCall> lines = connected(4, 60);
    place("+15550002008");
    World.eventually(() -> world.twilio().creates().size() == 1, SOON, "not dialled");

    relay.signal("KILL");
    relay.awaitExit(SOON);
    long killed = System.nanoTime();
    world.startRelay();

    for (SandboxCall line : lines) {
      Duration left = Duration.ofSeconds(45).minusNanos(System.nanoTime() - killed);
      world.awaitRow(line, "outcome", "INTERRUPTED", left);
      assertThat(world.row(line, "reason")).isEqualTo("instance_lost");
    }
    assertThat(world.twilio().creates()).hasSize(1);
    assertThat(world.count("SELECT count(*) FROM call")).isEqualTo(5);
  }

  @Test
  @Tag("faults")
  @Fault(
      value = "F55, F56",
      injected = "PostgreSQL killed in mid-call, later started again",
      expected =
          "live calls `COMPLETED` without a lost frame, a new caller hears an apology, not ready meanwhile")
  void whileTheDatabaseIsAwayLiveCallsGoOnAndNothingOfThemIsLost() throws Exception {
    RelayProcess relay = world.startRelay();
    List<SandboxCall> ending = connected(2, 6);
    List<SandboxCall> staying = connected(2, 25);

    world.stopDatabase();
    World.eventually(() -> !relay.isReady(), SOON, "still ready without a database");
    SandboxCall refused = world.callIn(staying(30));
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

    for (SandboxCall line : ending) {
      world.awaitRow(line, "outcome", "COMPLETED", Duration.ofSeconds(15));
      assertThat(world.row(line, "ended_by")).isEqualTo("CALLER");
    }
    World.eventually(relay::isReady, Duration.ofSeconds(10), "not ready again");
    staying.forEach(line -> line.ended().block(SOON));
    for (SandboxCall line : staying) {
      world.awaitRow(line, "outcome", "COMPLETED", Duration.ofSeconds(15));
    }
    assertThat(
            world.count("SELECT count(*) FROM call_event WHERE details->>'droppedFrames' <> '0'"))
        .isZero();
    assertThat(world.count("SELECT count(*) FROM call WHERE state <> 'ENDED'")).isZero();
  }

  @Test
  @Tag("faults")
  @Fault(
      value = "F59",
      injected = "PostgreSQL stopped by SIGSTOP while three calls end",
      expected = "calls end on time, `COMPLETED` once it goes on")
  void aFrozenDatabaseHoldsUpNoCall() throws Exception {
    world.startRelay();
    List<SandboxCall> lines = connected(3, 5);

    world.signalDatabase("STOP");
    lines.forEach(line -> line.ended().block(SOON));
    world.signalDatabase("CONT");

    for (SandboxCall line : lines) {
      world.awaitRow(line, "outcome", "COMPLETED", Duration.ofSeconds(20));
    }
  }

  @Test
  @Tag("faults")
  @Fault(
      value = "F70",
      injected = "SIGKILL while PostgreSQL is down",
      expected = "`COMPLETED` from the journal after both are back")
  void killedWhileTheDatabaseIsAwayTheNextOneReplaysWhatItWrote() throws Exception {
    RelayProcess relay = world.startRelay();
    List<SandboxCall> lines = connected(2, 4);
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
  }

  @Test
  @Tag("faults")
  void startedWithoutADatabaseItSpeaksAndIsReadyOnceThereIsOne() throws Exception {
    world.stopDatabase();
    RelayProcess relay = world.startUnready();
    World.eventually(relay::answers, Duration.ofSeconds(60), "no web server");
    SandboxCall line = world.callIn(staying(5));
    line.ended().block(SOON);
    assertThat(line.spoken()).last().asString().startsWith("I am sorry");
    assertThat(relay.isReady()).isFalse();

    world.restartDatabase();

    World.eventually(relay::isReady, Duration.ofSeconds(10), "not ready with a database");
    SandboxCall next = connected(1, 2).getFirst();
    world.awaitRow(next, "outcome", "COMPLETED", SOON);
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
  void askedToStopItLetsCallsEndAndSaysWhatItCannotFinish() throws Exception {
    RelayProcess relay = world.startRelay("CALLBRIDGE_DRAIN_LIMIT", "6s");
    SandboxCall brief = connected(1, 3).getFirst();
    List<SandboxCall> lengthy = connected(2, 120);
    long asked = System.nanoTime();

    relay.signal("TERM");
    World.eventually(() -> !relay.isReady(), Duration.ofSeconds(2), "still ready");
    SandboxCall late = world.callIn(staying(5));
    late.ended().block(SOON);
    assertThat(late.spoken()).as("%s", late.timeline()).last().asString().startsWith("I am sorry");
    brief.ended().block(SOON);

    assertThat(relay.awaitExit(Duration.ofSeconds(15))).isZero();
    assertThat(Duration.ofNanos(System.nanoTime() - asked))
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(13));
    world.awaitRow(brief, "outcome", "COMPLETED", SOON);
    for (SandboxCall line : lengthy) {
      assertThat(world.row(line, "outcome")).isEqualTo("INTERRUPTED");
      assertThat(world.row(line, "reason")).isEqualTo("draining");
      line.ended().block(SOON);
      assertThat(line.spoken()).last().asString().startsWith("I am sorry");
    }
  }

  @Test
  @Tag("faults")
  @Fault(
      value = "F68",
      injected = "SIGTERM twice",
      expected = "`INTERRUPTED` (draining), exit 0 within 10 s")
  void askedToStopTwiceItIsQuick() throws Exception {
    RelayProcess relay = world.startRelay("CALLBRIDGE_DRAIN_LIMIT", "60s");
    SandboxCall line = connected(1, 120).getFirst();
    relay.signal("TERM");
    World.eventually(() -> !relay.isReady(), Duration.ofSeconds(2), "still ready");
    assertThat(relay.isAlive()).isTrue();

    relay.signal("TERM");

    assertThat(relay.awaitExit(Duration.ofSeconds(10))).isZero();
    assertThat(world.row(line, "reason")).isEqualTo("draining");
  }

  private void place(String to) throws Exception {
    int status =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(world.url("/api/v1/calls"))
                    .timeout(SOON)
                    .header("Authorization", "Bearer a-key-that-is-long-enough-for-anyone")
                    .header("Idempotency-Key", "one")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"to\":\"" + to + "\"}"))
                    .build(),
                BodyHandlers.ofString())
            .statusCode();
    assertThat(status).isEqualTo(202);
  }
}
