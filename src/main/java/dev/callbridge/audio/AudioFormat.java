package dev.callbridge.audio;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// A format speech travels in, named as ElevenLabs names it. PCM is signed 16-bit little-endian,
/// and everything is mono.
///
/// These are all the formats a conversation offers. Compressed ones such as `mp3_44100_128` exist
/// only for text-to-speech on its own, which is asked for one of these instead.
public enum AudioFormat {
  ULAW_8000(8_000),
  PCM_8000(8_000),
  PCM_16000(16_000),
  PCM_22050(22_050),
  PCM_24000(24_000),
  PCM_44100(44_100),
  PCM_48000(48_000);

  private final int sampleRate;

  AudioFormat(int sampleRate) {
    this.sampleRate = sampleRate;
  }

  /// The format a conversation's metadata names, or empty for one Callbridge cannot carry.
  public static Optional<AudioFormat> parse(String wireName) {
    return Arrays.stream(values()).filter(it -> it.wireName().equals(wireName)).findFirst();
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public int sampleRate() {
    return sampleRate;
  }

  public boolean isMuLaw() {
    return this == ULAW_8000;
  }

  /// How much audio lasts one second, for turning a payload's length into the time it plays.
  public int bytesPerSecond() {
    return isMuLaw() ? sampleRate : sampleRate * Short.BYTES;
  }
}
