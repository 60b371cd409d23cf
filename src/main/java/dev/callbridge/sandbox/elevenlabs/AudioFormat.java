package dev.callbridge.sandbox.elevenlabs;

import dev.callbridge.sandbox.speech.Mulaw;

/// An audio format of the wire, and the way to and from the mu-law the recordings are in. PCM is
/// signed 16-bit little-endian.
///
/// Up by straight lines between samples, down by averages: plain, and good enough for telephone
/// speech.
enum AudioFormat {
  ULAW_8000("ulaw_8000", 1),
  PCM_16000("pcm_16000", 2),
  PCM_24000("pcm_24000", 3);

  private final String wireName;
  private final int ratio;

  AudioFormat(String wireName, int ratio) {
    this.wireName = wireName;
    this.ratio = ratio;
  }

  String wireName() {
    return wireName;
  }

  /// Audio comes in whole multiples of this: so many bytes make one sample at 8 kHz.
  int block() {
    return this == ULAW_8000 ? 1 : 2 * ratio;
  }

  int bytesPerSample() {
    return this == ULAW_8000 ? 1 : 2;
  }

  byte[] fromUlaw(byte[] ulaw) {
    if (this == ULAW_8000) {
      return ulaw;
    }
    byte[] pcm = new byte[ulaw.length * block()];
    int at = 0;
    for (int i = 0; i < ulaw.length; i++) {
      int here = Mulaw.toLinear(ulaw[i]);
      int next = i + 1 < ulaw.length ? Mulaw.toLinear(ulaw[i + 1]) : here;
      for (int step = 0; step < ratio; step++) {
        int sample = here + (next - here) * step / ratio;
        pcm[at++] = (byte) sample;
        pcm[at++] = (byte) (sample >> 8);
      }
    }
    return pcm;
  }

  byte[] toUlaw(byte[] audio) {
    if (this == ULAW_8000) {
      return audio;
    }
    byte[] ulaw = new byte[audio.length / block()];
    for (int i = 0; i < ulaw.length; i++) {
      int sum = 0;
      for (int at = i * block(); at < (i + 1) * block(); at += 2) {
        sum += (short) ((audio[at] & 0xFF) | (audio[at + 1] << 8));
      }
      ulaw[i] = Mulaw.fromLinear(sum / ratio);
    }
    return ulaw;
  }
}
