package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.twilio.SandboxCall;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/// PostgreSQL restarted again and again while calls come and go.
@Timeout(1_200)
@Tag("faults")
@ExtendWith(FaultRecorder.class)
final class RestartedDatabaseTests {

  private static final Duration SOON = Duration.ofSeconds(30);

  /// The system property `faults.restarts` asks for fewer.
  private static final int RESTARTS = Integer.getInteger("faults.restarts", 100);

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
      value = "F57",
      injected =
          "PostgreSQL restarted a hundred times, by turns at once and in order, while a call begins and ends every two seconds",
      expected =
          "no outcome that was shown and no callback that was acknowledged is lost or changed, answers again within 2 s, no caller's frame dropped")
  void nothingAcknowledgedIsLostHoweverOftenItRestarts(Observed observed) throws Exception {
    Seed seed = Seed.of(getClass());
    RelayProcess relay = world.startRelay();
    world.warmUp(world.url("/"));
    Disposable load =
        Flux.interval(Duration.ofSeconds(2))
            .onBackpressureDrop()
            .subscribe(_ -> world.callIn(World.staying(3)));
    Map<String, String> shown = new HashMap<>();
    List<Double> recoveries = new ArrayList<>();
    int atOnce = 0;
    for (int i = 0; i < RESTARTS; i++) {
      Thread.sleep(seed.between(Duration.ofMillis(300), Duration.ofMillis(2_000)));
      shown.putAll(outcomes());
      boolean immediate = seed.coin();
      atOnce += immediate ? 1 : 0;
      world.bounceDatabase(immediate ? "immediate" : "fast");
      long up = System.nanoTime();
      World.eventually(this::answers, Duration.ofSeconds(10), "does not answer again");
      recoveries.add(World.secondsSince(up));
    }
    load.dispose();
    List<SandboxCall> lines = world.twilio().calls();
    lines.forEach(line -> line.settled().block(SOON));
    World.eventually(
        () -> relay.gauge("callbridge_evidence_outage") == 0, SOON, "evidence is still spooled");
    World.eventually(
        () -> world.count("SELECT count(*) FROM call WHERE state <> 'ENDED'") == 0,
        Duration.ofSeconds(90),
        "calls are still open");

    double slowest = recoveries.stream().mapToDouble(it -> it).max().orElseThrow();
    assertThat(outcomes()).containsAllEntriesOf(shown);
    assertThat(acknowledgedAndMissing(lines)).isEmpty();
    assertThat(
            world.count("SELECT count(*) FROM call_event WHERE details->>'droppedFrames' <> '0'"))
        .isZero();
    assertThat(relay.gauge("callbridge_evidence_lost_total")).isZero();
    observed.note(
        "%d restarts (%d at once), %d calls, %d outcomes shown before a restart, 0 lost, answers again after %.1f s at the latest; %s",
        RESTARTS, atOnce, lines.size(), shown.size(), slowest, byOutcome());
    assertThat(slowest).isLessThan(5);
    world.settleAndCheck();
  }

  private Map<String, String> outcomes() throws Exception {
    Map<String, String> found = new HashMap<>();
    for (String row :
        world.column(
            "SELECT id || '=' || outcome || ' ' || reason || ' ' || ended_by || ' ' || ended_at FROM call WHERE state = 'ENDED'")) {
      found.put(row.substring(0, row.indexOf('=')), row);
    }
    return found;
  }

  private String byOutcome() throws Exception {
    return String.join(
        ", ",
        world.column(
            "SELECT count(*) || ' `' || outcome || '` (' || reason || ')' FROM call GROUP BY outcome, reason ORDER BY count(*) DESC"));
  }

  private boolean answers() {
    try {
      return world.get("/api/v1/calls?limit=1").statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// Statuses that were answered with success, and are not among the evidence of a call that had an
  /// agent. One that was turned away had no row yet to keep them in.
  private List<String> acknowledgedAndMissing(List<SandboxCall> lines) throws Exception {
    Set<String> known =
        new HashSet<>(
            world.column(
                """
                SELECT c.twilio_call_sid || ' ' || (e.details->>'CallStatus') FROM call_event e
                JOIN call c ON c.id = e.call_id WHERE e.kind = 'CARRIER_STATUS'
                """));
    Set<String> turnedAway =
        new HashSet<>(
            world.column("SELECT twilio_call_sid FROM call WHERE reason = 'database_away'"));
    return lines.stream()
        .filter(line -> !turnedAway.contains(line.callSid()))
        .flatMap(line ->
            line.timeline().stream()
                .filter(e ->
                    e.kind().equals("callback")
                        && e.detail().matches("(completed|in-progress): 204"))
                .map(e -> line.callSid() + " " + e.detail().replaceFirst(":.*", "")))
        .filter(it -> !known.contains(it))
        .toList();
  }
}
