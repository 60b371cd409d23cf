package dev.callbridge.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The tables are held against G.711's own description: levels a fixed step apart within a segment,
/// the step doubling from one segment to the next. G.711 counts in 14 bits, a quarter of ours.
final class MuLawTests {

  @ParameterizedTest
  @CsvSource({
    "0x00, -32124",
    "0x80, 32124",
    "0xFF, 0",
    "0x7F, 0",
    "0xFE, 8",
    "0x7E, -8",
    "0xEF, 132",
    "0x8F, 16764",
  })
  void decodesTheCodesOfTheStandard(int code, short sample) {
    assertThat(MuLaw.decode((byte) code)).isEqualTo(sample);
  }

  @Test
  void decodesEveryCodeToItsLevel() {
    List<Integer> levels = levels();
    for (int i = 0; i < 128; i++) {
      assertThat(MuLaw.decode((byte) (0xFF - i))).isEqualTo(levels.get(i).shortValue());
      assertThat((int) MuLaw.decode((byte) (0x7F - i))).isEqualTo(-levels.get(i));
    }
  }

  @Test
  void encodesEverySampleByTheDecisionValuesItPasses() {
    List<Integer> decisions = decisions();
    int passed = 0;
    for (int magnitude = 0; magnitude <= 32_768; magnitude++) {
      while (passed < 127 && magnitude >= decisions.get(passed)) {
        passed++;
      }
      if (magnitude <= Short.MAX_VALUE) {
        assertThat(MuLaw.encode((short) magnitude)).isEqualTo((byte) (0xFF - passed));
      }
      if (magnitude > 0) {
        assertThat(MuLaw.encode((short) -magnitude)).isEqualTo((byte) (0x7F - passed));
      }
    }
  }

  @Test
  void encodingUndoesDecodingForAllButTheSecondZero() {
    for (int code = 0; code < 256; code++) {
      byte expected = code == 0x7F ? MuLaw.SILENCE : (byte) code;
      assertThat(MuLaw.encode(MuLaw.decode((byte) code))).isEqualTo(expected);
    }
  }

  @Test
  void aLouderSampleNeverComesBackQuieter() {
    short previous = Short.MIN_VALUE;
    for (int sample = Short.MIN_VALUE; sample <= Short.MAX_VALUE; sample++) {
      short decoded = MuLaw.decode(MuLaw.encode((short) sample));
      assertThat(decoded).isGreaterThanOrEqualTo(previous);
      previous = decoded;
    }
  }

  @Test
  void samplesBeyondTheLoudestLevelAreHeldThere() {
    assertThat(MuLaw.encode(Short.MAX_VALUE)).isEqualTo((byte) 0x80);
    assertThat(MuLaw.encode(Short.MIN_VALUE)).isEqualTo((byte) 0x00);
  }

  @Test
  void wholeBuffersGoSampleBySample() {
    assertThat(MuLaw.decode(new byte[] {0, MuLaw.SILENCE})).containsExactly(-32_124, 0);
    assertThat(MuLaw.encode(new short[] {-32_124, 0})).containsExactly(0, MuLaw.SILENCE);
  }

  private static List<Integer> levels() {
    List<Integer> levels = new ArrayList<>();
    int firstOfSegment = 0;
    for (int step = 2; step <= 256; step *= 2) {
      for (int i = 0; i < 16; i++) {
        levels.add(4 * (firstOfSegment + i * step));
      }
      firstOfSegment += 16 * step + step / 2;
    }
    return levels;
  }

  private static List<Integer> decisions() {
    List<Integer> decisions = new ArrayList<>();
    int decision = 1;
    for (int step = 2; step <= 256; step *= 2) {
      int inSegment = step == 2 ? 15 : 16;
      for (int i = 0; i < inSegment; i++) {
        decisions.add(4 * decision);
        decision += step;
      }
    }
    return decisions;
  }
}
