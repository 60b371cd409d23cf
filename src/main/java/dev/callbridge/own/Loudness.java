package dev.callbridge.own;

import dev.callbridge.audio.Base64Text;
import dev.callbridge.audio.MuLaw;

/// When the caller was last loud, which is when they stopped speaking: speech-to-text says that
/// they have paused, not since when. Loud is well above what the line sounds like by itself.
///
/// Frames come on one thread, the question on another.
final class Loudness {

  private static final int MAX_FRAME = 4_096;

  /// Quieter than anybody speaks: about -40 dBFS.
  private static final int LEAST = 300;

  private static final int ABOVE_NOISE = 3;

  /// The noise is taken to rise no faster than this part of what is heard, a frame: speech does not
  /// become noise by going on.
  private static final int RISE = 2_048;

  private final byte[] frame = new byte[MAX_FRAME];
  private double noise = LEAST;
  private volatile long lastLoud;

  /// @param payload base64 text of μ-law 8 kHz
  void frame(byte[] payload, long now) {
    int length = Base64Text.decode(payload, frame);
    if (length == 0) {
      return;
    }
    long sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Math.abs(MuLaw.decode(frame[i]));
    }
    double level = sum / (double) length;
    noise = level < noise ? level : noise + (level - noise) / RISE;
    if (level > Math.max(LEAST, ABOVE_NOISE * noise)) {
      lastLoud = now;
    }
  }

  /// 0 where there was nothing yet.
  long lastLoud() {
    return lastLoud;
  }
}
