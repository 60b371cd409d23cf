package dev.callbridge.sandbox.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SandboxSpeechTests {

  private final SpeechClips clips = SpeechClips.load();

  static Stream<Clip> everyClip() {
    return SpeechClips.load().all().stream();
  }

  static Stream<Clip> everySentence() {
    return everyClip().filter(clip -> clip.text().length() > 10);
  }

  @ParameterizedTest
  @MethodSource("everyClip")
  void clipsAreAsLoudAsATelephone(Clip clip) {
    double dbfs = 20 * Math.log10(Mulaw.rms(clip.ulaw()) / 32768);

    assertThat(dbfs).isCloseTo(-18.5, within(3.0));
    assertThat(clip.duration()).isLessThan(Duration.ofSeconds(8));
  }

  @ParameterizedTest
  @MethodSource("everyClip")
  void aClipIsIdentifiedAmidSilenceOfAnyLength(Clip clip) {
    byte[] heard = join(quiet(337), clip.ulaw(), quiet(4001));

    assertThat(clips.identify(heard)).contains(clip);
  }

  @ParameterizedTest
  @MethodSource("everySentence")
  void aClipIsIdentifiedWithoutItsFirstHalfSecond(Clip clip) {
    byte[] heard = Arrays.copyOfRange(clip.ulaw(), 4000, clip.ulaw().length);

    assertThat(clips.identify(join(quiet(77), heard))).contains(clip);
  }

  @ParameterizedTest
  @MethodSource("everySentence")
  void aTranscodedClipIsRecognised(Clip clip) {
    byte[] softer = new byte[clip.ulaw().length];
    for (int i = 0; i < softer.length; i++) {
      softer[i] = Mulaw.fromLinear(Mulaw.toLinear(clip.ulaw()[i]) * 9 / 10);
    }
    byte[] heard = join(quiet(1111), softer, quiet(90));

    assertThat(clips.recognise(heard)).contains(clip);
  }

  @ParameterizedTest
  @MethodSource("everyClip")
  void shiftedSamplesAreNoClip(Clip clip) {
    byte[] garbled = clip.ulaw().clone();
    for (int i = 0; i < garbled.length; i++) {
      garbled[i] = (byte) (garbled[i] ^ 0x55);
    }

    assertThat(clips.identify(garbled)).isEmpty();
    assertThat(clips.recognise(garbled)).isEmpty();
  }

  @Test
  void clipsAreHeardInOrder() {
    byte[] call =
        join(
            quiet(500),
            clips.clip("greeting").ulaw(),
            quiet(100),
            clips.clip("goodbye").ulaw(),
            clips.clip("goodbye").ulaw());

    assertThat(clips.heardIn(call))
        .extracting(heard -> heard.clip().name())
        .containsExactly("greeting", "goodbye", "goodbye");
  }

  @Test
  void silenceAndNoiseAreNobody() {
    byte[] noise = new byte[16_000];
    new Random(1).nextBytes(noise);

    assertThat(clips.identify(quiet(16_000))).isEmpty();
    assertThat(clips.identify(noise)).isEmpty();
    assertThat(clips.recognise(noise)).isEmpty();
    assertThat(clips.identify(new byte[0])).isEmpty();
  }

  @Test
  void everyByteSurvivesTheWayToLinearAndBack() {
    for (int code = 0; code < 256; code++) {
      // 0x7F is negative zero, which has no linear counterpart of its own.
      if (code != 0x7F) {
        assertThat(Mulaw.fromLinear(Mulaw.toLinear((byte) code))).isEqualTo((byte) code);
      }
    }
  }

  @Test
  void anUnknownNameSaysWhichAreKnown() {
    assertThatThrownBy(() -> clips.clip("song")).hasMessageContaining("greeting");
  }

  private static byte[] quiet(int bytes) {
    byte[] quiet = new byte[bytes];
    Arrays.fill(quiet, Mulaw.SILENCE);
    return quiet;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }
}
