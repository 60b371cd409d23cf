package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.agent.FromAgent;
import dev.callbridge.call.VoiceLevels;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LevelMeterTests {

  /// The loudest codes of μ-law, and the quietest.
  private static final byte LOUD = 0;

  private static final byte QUIET = (byte) 0xFF;

  private final AtomicLong clock = new AtomicLong(42);
  private final VoiceLevels levels = new VoiceLevels();
  private final LevelMeter meter = new LevelMeter(levels, clock::get);

  @BeforeEach
  void somebodyLooks() {
    levels.want(true);
  }

  @Test
  void theCallerIsAsLoudAsTheLastFrameUntilNoneComes() {
    meter.callerSaid(text(LOUD, 160));
    assertThat(meter.caller()).isEqualTo(100);
    meter.callerSaid(text(QUIET, 160));
    assertThat(meter.caller()).isZero();

    meter.callerSaid(text(LOUD, 160));
    pass(400);
    assertThat(meter.caller()).isZero();
  }

  @Test
  void theAgentIsAsLoudAsWhatPlaysNow() {
    meter.agentSaid(audio(LOUD, 8_000));
    meter.agentSaid(audio(QUIET, 8_000));
    meter.agentSaid(audio(LOUD, 8_000));

    pass(500);
    assertThat(meter.agent()).isEqualTo(100);
    pass(1_000);
    assertThat(meter.agent()).isZero();
    pass(1_000);
    assertThat(meter.agent()).isEqualTo(100);
    meter.agentSilenced();
    assertThat(meter.agent()).isZero();
    pass(1_000);
    meter.agentSaid(audio(LOUD, 80_000 * 8));
    pass(79_000);
    assertThat(meter.agent()).as("more than is remembered").isEqualTo(100);
    pass(2_000);
    assertThat(meter.agent()).isZero();
  }

  @Test
  void nothingIsMeasuredForNobody() {
    levels.want(false);
    meter.callerSaid(text(LOUD, 160));
    meter.agentSaid(audio(LOUD, 8_000));

    assertThat(meter.caller()).isZero();
    assertThat(meter.agent()).isZero();
    levels.want(true);
    meter.agentSaid(audio(LOUD, 8_000));
    assertThat(meter.agent()).as("what was said before was not looked at").isZero();
    pass(1_200);
    assertThat(meter.agent()).isEqualTo(100);
  }

  private void pass(int millis) {
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private static FromAgent.Audio audio(byte code, int samples) {
    return new FromAgent.Audio(1, text(code, samples), null);
  }

  private static byte[] text(byte code, int samples) {
    byte[] codes = new byte[samples];
    Arrays.fill(codes, code);
    return Base64.getEncoder().encode(codes);
  }
}
