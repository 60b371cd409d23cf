package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.twilio.SandboxCall;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Two instances on one database, of which one stops for longer than its lease and then goes on as
/// if nothing had been.
@Timeout(240)
@Tag("faults")
@ExtendWith(FaultRecorder.class)
final class PausedInstanceTests {

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
      value = "F71",
      injected = "SIGSTOP of an instance with four calls on, SIGCONT once they are another's",
      expected =
          "who hangs up meanwhile is `INTERRUPTED` (instance_lost) within 30 s, who stays is taken over by the peer, "
              + "the woken one adds nothing to those sessions, nothing dialled again, the peer's own calls lose nothing")
  void whileOneSleepsTheOtherTakesItsCallsOverAndNothingItSaysLaterCounts(Observed observed)
      throws Exception {
    Seed seed = Seed.of(getClass());
    RelayProcess sleeper = world.startRelay();
    URI origin = World.freeOrigin();
    world.startRelayAt(origin);
    world.warmUp(origin);
    List<SandboxCall> theirs = world.connected(world.url("/"), 4, World.staying(120));
    assertThat(world.place("+15550002008", "one")).isEqualTo(202);
    World.eventually(() -> world.twilio().creates().size() == 1, SOON, "not dialled");
    SandboxCall dialled =
        Objects.requireNonNull(world.twilio().call(world.twilio().creates().getFirst().callSid()));
    World.eventually(
        () -> !world.row(dialled, "first_agent_audio_at").isEmpty(), SOON, "no agent on the line");
    SandboxCall healthy = world.callIn(origin, Healthy.talks(2));
    Thread.sleep(seed.between(Duration.ZERO, Duration.ofSeconds(3)));

    sleeper.signal("STOP");
    long stopped = System.nanoTime();
    List<SandboxCall> leaving = theirs.subList(0, 2);
    List<SandboxCall> staying = Stream.concat(theirs.stream().skip(2), Stream.of(dialled)).toList();
    leaving.forEach(SandboxCall::hangUp);
    for (SandboxCall line : leaving) {
      world.awaitRow(line, "outcome", "INTERRUPTED", SOON.minusNanos(System.nanoTime() - stopped));
      assertThat(world.row(line, "reason")).isEqualTo("instance_lost");
    }
    for (SandboxCall line : staying) {
      World.eventually(
          () -> world.agents(line).size() == 2 && world.firstAudio(line, 2),
          SOON.minusNanos(System.nanoTime() - stopped),
          "not taken over");
    }
    observed.note("settled and taken over within %.1f s", World.secondsSince(stopped));
    Map<String, String> before = outcomes(theirs);

    sleeper.signal("CONT");
    World.eventually(sleeper::isReady, SOON, "not ready again");
    World.eventually(
        () -> sleeper.gauge("callbridge_calls_active") == 0, SOON, "it still carries calls");
    Healthy.check(world, healthy);
    staying.forEach(SandboxCall::hangUp);
    for (SandboxCall line : staying) {
      world.awaitRow(line, "outcome", "COMPLETED", SOON);
    }

    assertThat(outcomes(theirs)).containsAllEntriesOf(before);
    assertThat(
            world.count(
                """
                SELECT count(*) FROM call_event e JOIN call_event lost ON lost.call_id = e.call_id
                WHERE lost.kind = 'MEDIA_ENDED' AND lost.details->>'reason' = 'instance_lost'
                  AND e.source = 'RELAY' AND e.details->>'session' = lost.details->>'session' AND e.id > lost.id
                """))
        .isZero();
    assertThat(world.twilio().creates()).hasSize(1);
    world.settleAndCheck(Stream.concat(theirs.stream(), Stream.of(dialled)).toList());
    observed.note("of the woken one nothing was stored, one call was placed once");
  }

  private Map<String, String> outcomes(List<SandboxCall> lines) {
    return lines.stream()
        .filter(line -> !world.row(line, "outcome").isEmpty())
        .collect(
            Collectors.toMap(
                SandboxCall::callSid,
                line -> world.row(line, "outcome || ' ' || reason || ' ' || ended_at::text")));
  }
}
