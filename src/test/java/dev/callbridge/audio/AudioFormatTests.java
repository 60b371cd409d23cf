package dev.callbridge.audio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AudioFormatTests {

  @ParameterizedTest
  @CsvSource({
    "ulaw_8000, ULAW_8000, 8000, 8000",
    "pcm_8000, PCM_8000, 8000, 16000",
    "pcm_16000, PCM_16000, 16000, 32000",
    "pcm_22050, PCM_22050, 22050, 44100",
    "pcm_24000, PCM_24000, 24000, 48000",
    "pcm_44100, PCM_44100, 44100, 88200",
    "pcm_48000, PCM_48000, 48000, 96000",
  })
  void isKnownByItsWireName(String wireName, AudioFormat format, int sampleRate, int bytes) {
    assertThat(AudioFormat.parse(wireName)).contains(format);
    assertThat(format.wireName()).isEqualTo(wireName);
    assertThat(format.sampleRate()).isEqualTo(sampleRate);
    assertThat(format.bytesPerSecond()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mp3_44100_128", "alaw_8000", "opus_48000_32", "PCM_16000", "pcm"})
  void whatCannotBeCarriedHasNoFormat(String wireName) {
    assertThat(AudioFormat.parse(wireName)).isEmpty();
  }

  @Test
  void onlyTheTelephoneFormatIsMuLaw() {
    assertThat(AudioFormat.values())
        .filteredOn(AudioFormat::isMuLaw)
        .containsExactly(AudioFormat.ULAW_8000);
  }
}
