package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.ToxicProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// More at once than there is room for: callers, agents that are all gone, webhooks.
@Timeout(240)
@Tag("faults")
@ExtendWith(FaultRecorder.class)
final class OverloadTests {

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
      value = "F80",
      injected =
          "forty callers at the same moment where four are admitted, again while those are on",
      expected =
          "four are answered, never more at a time; all others hear an apology and are `REJECTED_OVERLOAD`; the four lose nothing")
  void whoIsTooManyHearsSoAndWhoIsInLosesNothing(Observed observed) throws Exception {
    int limit = 4;
    List<SandboxCall> all = new ArrayList<>();
    world.startRelay("CALLBRIDGE_MAX_CALLS", "" + limit);
    world.warmUp(world.url("/"));
    for (int wave = 0; wave < 2; wave++) {
      all.addAll(Stream.generate(() -> world.callIn(Healthy.talks(2))).limit(20).toList());
      World.eventually(
          () -> all.stream().filter(OverloadTests::isRefused).count() >= all.size() - limit,
          SOON,
          "not enough are refused");
    }
    all.forEach(line -> line.settled().block(Duration.ofSeconds(90)));

    List<SandboxCall> refused = all.stream().filter(OverloadTests::isRefused).toList();
    List<SandboxCall> answered = all.stream().filter(line -> !isRefused(line)).toList();
    assertThat(answered).hasSize(limit);
    for (SandboxCall line : refused) {
      world.awaitRow(line, "outcome", "REJECTED_OVERLOAD", SOON);
      assertThat(line.spoken()).singleElement().asString().startsWith("I am sorry");
    }
    for (SandboxCall line : answered) {
      Healthy.check(world, line);
    }
    Ledgers ledgers = world.ledgers();
    assertThat(Invariants.overAdmitted(ledgers, limit)).isEmpty();
    observed.note(
        "%d answered, %d `REJECTED_OVERLOAD`, the last of them heard so after %.1f s",
        answered.size(),
        refused.size(),
        refused.stream().mapToDouble(Callbacks::untilSpoken).max().orElseThrow());
    world.settleAndCheck();
  }

  private static boolean isRefused(SandboxCall line) {
    return !line.spoken().isEmpty();
  }

  @Test
  @Fault(
      value = "F81",
      injected = "the sockets of twenty agents reset at once, ElevenLabs away for 5 s",
      expected =
          "every caller hears a sentence within 3 s and has an agent again, or an apology, never silence; an agent is asked for at most six times for each")
  void whenAllAgentsAreLostAtOnceEveryCallerHearsSo(Observed observed) throws Exception {
    // Only counts who asks for an agent.
    ToxicProxy agents = ToxicProxy.before(world.elevenlabs().url().getPort());
    try {
      RelayProcess relay =
          world.startRelay("ELEVENLABS_API_URL", "http://127.0.0.1:" + agents.port());
      world.warmUp(world.url("/"));
      List<SandboxCall> lines = world.connected(world.url("/"), 20, World.staying(120));
      long before = agents.accepted();

      Instant cut = Instant.now();
      world.stopElevenLabs();
      for (SandboxCall line : lines) {
        World.eventually(() -> !line.spoken().isEmpty(), SOON, "silence");
      }
      World.eventually(() -> Instant.now().isAfter(cut.plusSeconds(5)), SOON, "time stands still");
      world.restartElevenLabs();

      for (SandboxCall line : lines) {
        World.eventually(
            () -> world.agents(line).size() == 2 || line.finalStatus() != null,
            SOON,
            "neither an agent nor an end");
      }
      List<SandboxCall> mended = lines.stream().filter(line -> line.finalStatus() == null).toList();
      double waited = lines.stream().mapToDouble(line -> firstWord(line, cut)).max().orElseThrow();
      observed.note(
          "a word after %.1f s at the latest, %d of %d have an agent again, which was asked for %d times",
          waited, mended.size(), lines.size(), agents.accepted() - before);
      assertThat(waited).isLessThan(3);
      assertThat(agents.accepted() - before).isLessThanOrEqualTo(6L * lines.size());
      mended.forEach(SandboxCall::hangUp);
      for (SandboxCall line : lines) {
        boolean hasAgent = mended.contains(line);
        world.awaitRow(line, "outcome", hasAgent ? "COMPLETED" : "AGENT_LOST", SOON);
        if (!hasAgent) {
          assertThat(line.spoken()).last().asString().startsWith("I am sorry");
        }
      }
      // Agents that were lost as soon as they were there may have opened their circuit.
      if (relay.gauge("callbridge_agent_circuits_open") > 0) {
        World.eventually(
            () -> Instant.now().isAfter(cut.plusSeconds(50)),
            SOON.multipliedBy(2),
            "time stands still");
      }
      SandboxCall next = world.callIn(Healthy.talks(0));
      Healthy.check(world, next);
      world.settleAndCheck();
    } finally {
      agents.close();
    }
  }

  private static double firstWord(SandboxCall line, Instant since) {
    return Ledgers.Line.of(line).spoken().stream()
        .map(said -> Duration.between(since, said.at()).toMillis() / 1000.0)
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Fault(
      value = "F82",
      injected =
          "each of a call's webhooks fifty at a time, at two instances: voice, every status, after its stream, ElevenLabs's report",
      expected =
          "all answered, one row, every event once, one outcome; the calls beside it lose nothing")
  void fiftyOfEachWebhookAtATimeAreOne(Observed observed) throws Exception {
    String secret = "a-secret-that-is-long-enough";
    world.startRelay("ELEVENLABS_WEBHOOK_SECRET", secret);
    var beside = World.freeOrigin();
    world.startRelayAt(
        beside, "ELEVENLABS_WEBHOOK_SECRET", secret, "BASE_URL", world.url("").toString());
    world.warmUp(world.url("/"));
    List<SandboxCall> healthy =
        Stream.generate(() -> world.callIn(Healthy.talks(2))).limit(3).toList();
    SandboxCall line = world.connected(1, 120).getFirst();
    String id = world.row(line, "id");
    Storm storm = new Storm(List.of(world.url("/"), beside.resolve("/")), world);

    storm.voice(line, 50);
    line.hangUp();
    line.settled().block(SOON);
    for (String status : List.of("initiated", "ringing", "in-progress", "completed")) {
      storm.status(line, id, status, 50);
    }
    storm.afterStream(line, id, 50);
    world.awaitRow(line, "outcome", "COMPLETED", SOON);
    String ended = world.row(line, "outcome || reason || ended_at::text");
    storm.report(world.row(line, "conversation_id"), secret, 50);
    storm.status(line, id, "completed", 50);

    observed.note("%d webhooks, %s", storm.sent(), storm.answers());
    assertThat(storm.answers().keySet()).isSubsetOf(200, 204);
    assertThat(world.row(line, "outcome || reason || ended_at::text")).isEqualTo(ended);
    assertThat(
            world.count(
                "SELECT count(*) FROM call WHERE twilio_call_sid = '" + line.callSid() + "'"))
        .isEqualTo(1);
    assertThat(
            world.count(
                "SELECT count(*) FROM call_event WHERE call_id = '"
                    + id
                    + "' AND kind = 'CARRIER_STATUS'"))
        .isEqualTo(4);
    assertThat(
            world.count(
                "SELECT count(*) FROM call_event WHERE call_id = '"
                    + id
                    + "' AND kind = 'REPORTED'"))
        .isEqualTo(1);
    for (SandboxCall other : healthy) {
      Healthy.check(world, Objects.requireNonNull(other));
    }
    world.settleAndCheck();
  }
}
