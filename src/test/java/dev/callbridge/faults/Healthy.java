package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.faults.Ledgers.Conversation;
import dev.callbridge.faults.Ledgers.Line;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// Calls with nothing wrong, which must not notice what breaks beside them.
final class Healthy {

  private static final Duration OVER = Duration.ofSeconds(120);

  private static final List<String> SAYS = List.of("book-table", "two-people", "friday-seven");

  private Healthy() {}

  /// Who lets the agent finish each time, says so many things (three at the most) and then one that
  /// the agent answers with a goodbye.
  static CallerScript talks(int more) {
    CallerScript script = CallerScript.answersAfter(Duration.ofMillis(200)).listens();
    for (int said = 1; said <= more; said++) {
      script = script.says(SAYS.get(said - 1)).listens();
    }
    return script.says("whole-booking");
  }

  /// It is `COMPLETED`, the caller heard every byte its agent said, and no frame of the caller's
  /// was dropped.
  static void check(World world, SandboxCall line) {
    line.settled().block(OVER);
    world.awaitRow(line, "outcome", "COMPLETED", OVER);
    Line ledger = Line.of(line);
    List<Conversation> agents = world.agents(line);
    assertThat(agents).as("%s", line.timeline()).hasSize(1);
    byte[] sent = agents.getFirst().sent();
    assertThat(Arrays.equals(ledger.heard(), sent))
        .as("%d bytes heard of %d", ledger.heard().length, sent.length)
        .isTrue();
    assertThat(ledger.verdicts()).as("%s", line.timeline()).isEmpty();
    assertThat(ledger.spoken()).isEmpty();
    assertThat(world.droppedFrames(line)).isZero();
  }
}
