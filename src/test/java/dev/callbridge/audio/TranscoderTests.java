package dev.callbridge.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class TranscoderTests {

  private final Random random = new Random(20_260_901);

  @ParameterizedTest
  @EnumSource
  void equalFormatsPassUntouched(AudioFormat format) {
    byte[] audio = {1, 2, 3};
    assertThat(Transcoder.between(format, format).transcode(audio)).isSameAs(audio);
  }

  @ParameterizedTest
  @MethodSource("pairsOfFormats")
  void howTheAudioIsCutMakesNoDifference(AudioFormat from, AudioFormat to) {
    byte[] audio = new byte[from.bytesPerSecond() / 10];
    random.nextBytes(audio);

    byte[] whole = Transcoder.between(from, to).transcode(audio);

    assertThat(transcodeInPieces(Transcoder.between(from, to), audio)).isEqualTo(whole);
  }

  @ParameterizedTest
  @MethodSource("pairsOfFormats")
  void asMuchTimeComesOutAsWentIn(AudioFormat from, AudioFormat to) {
    byte[] audio = new byte[from.bytesPerSecond() * 2];

    byte[] out = transcodeInPieces(Transcoder.between(from, to), audio);

    assertThat(out.length).isCloseTo(to.bytesPerSecond() * 2, within(Short.BYTES));
  }

  @ParameterizedTest
  @MethodSource("pairsOfFormats")
  void nothingInIsNothingOut(AudioFormat from, AudioFormat to) {
    assertThat(Transcoder.between(from, to).transcode(new byte[0])).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void silenceStaysSilent(AudioFormat format) {
    byte[] silence = new byte[160];
    Arrays.fill(silence, MuLaw.SILENCE);

    byte[] there = Transcoder.between(AudioFormat.ULAW_8000, format).transcode(silence);
    byte[] back = Transcoder.between(format, AudioFormat.ULAW_8000).transcode(there);

    assertThat(back).containsOnly(MuLaw.SILENCE);
  }

  @ParameterizedTest
  @EnumSource
  void aToneOnTheLineSurvivesTheAgentsFormat(AudioFormat format) {
    // Not 1 kHz: eight samples a period would meet the same eight rounding errors over and over.
    byte[] line = MuLaw.encode(Tones.tone(1_010, 8_000, 0.5));

    byte[] there = Transcoder.between(AudioFormat.ULAW_8000, format).transcode(line);
    byte[] back = Transcoder.between(format, AudioFormat.ULAW_8000).transcode(there);

    assertThat(Tones.signalToNoise(1_010, 8_000, MuLaw.decode(back))).isGreaterThan(34);
  }

  @Test
  void bytesOfSamplesComeLowFirst() {
    Transcoder toLine = Transcoder.between(AudioFormat.PCM_8000, AudioFormat.ULAW_8000);
    Transcoder toAgent = Transcoder.between(AudioFormat.ULAW_8000, AudioFormat.PCM_8000);

    assertThat(toLine.transcode(new byte[] {0x7C, 0x7D})).containsExactly(0x80);
    assertThat(toAgent.transcode(new byte[] {(byte) 0x80})).containsExactly(0x7C, 0x7D);
  }

  @Test
  void halfASampleWaitsForItsOtherHalf() {
    Transcoder toLine = Transcoder.between(AudioFormat.PCM_8000, AudioFormat.ULAW_8000);

    assertThat(toLine.transcode(new byte[] {0x7C})).isEmpty();
    assertThat(toLine.transcode(new byte[0])).isEmpty();
    assertThat(toLine.transcode(new byte[] {0x7D})).containsExactly(0x80);
  }

  @Test
  void chunksJoinWithoutAClick() {
    Transcoder toAgent = Transcoder.between(AudioFormat.PCM_8000, AudioFormat.PCM_44100);
    byte[] tone = PcmStream.write(Tones.tone(1_000, 8_000, 0.5));
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    for (int start = 0; start < tone.length; start += 320) {
      heard.writeBytes(toAgent.transcode(Arrays.copyOfRange(tone, start, start + 320)));
    }

    short[] samples = new PcmStream().read(heard.toByteArray());

    double steepest = 32_767 * Math.sin(Math.PI * 1_000 / 44_100);
    for (int i = 1_000; i < samples.length; i++) {
      assertThat(Math.abs(samples[i] - samples[i - 1])).isLessThan((int) steepest + 10);
    }
  }

  @Test
  void callsDoNotHearEachOther() {
    byte[] tone = PcmStream.write(Tones.tone(1_000, 24_000, 0.5));
    Transcoder one = Transcoder.between(AudioFormat.PCM_24000, AudioFormat.ULAW_8000);
    Transcoder other = Transcoder.between(AudioFormat.PCM_24000, AudioFormat.ULAW_8000);

    one.transcode(tone);

    assertThat(other.transcode(new byte[480])).containsOnly(MuLaw.SILENCE);
  }

  private byte[] transcodeInPieces(Transcoder transcoder, byte[] audio) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int start = 0;
    while (start < audio.length) {
      int end = Math.min(audio.length, start + random.nextInt(700));
      out.writeBytes(transcoder.transcode(Arrays.copyOfRange(audio, start, end)));
      start = end;
    }
    return out.toByteArray();
  }

  private static Stream<Arguments> pairsOfFormats() {
    return Stream.of(AudioFormat.values())
        .flatMap(from -> Stream.of(AudioFormat.values()).map(to -> Arguments.of(from, to)));
  }
}
