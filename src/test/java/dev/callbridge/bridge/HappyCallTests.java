package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.call.Turn;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.beans.factory.annotation.Autowired;

@CallbridgeTest
@Isolated("its calls are in real time")
final class HappyCallTests {

  @Autowired private Callbridge callbridge;

  @Test
  void callerAndAgentTalkAndTheGoodbyeIsHeardToItsEnd() {
    SandboxCall line = callbridge.callIn(CallerScript.answers().listens().says("booking"));

    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.AGENT);
    assertThat(callbridge.transcript(call.id()))
        .isNotEmpty()
        .allSatisfy(turn -> assertThat(turn.heard()).isEqualTo(turn.text()));
    assertThat(callbridge.transcript(call.id()))
        .filteredOn(turn -> turn.role() == Turn.Role.AGENT && turn.latency() != null)
        .isNotEmpty()
        .allSatisfy(turn ->
            assertThat(turn.latency())
                .hasNoNullFieldsOrPropertiesExcept("commitMs", "tokenMs", "audioMs"));
    assertThat(line.heard()).isEqualTo(callbridge.session(call).sentAudio());
    assertThat(line.verdicts()).isEmpty();
    assertThat(callbridge.session(call).protocolErrors()).isEmpty();
    callbridge.assertNothingLeft();
  }
}
