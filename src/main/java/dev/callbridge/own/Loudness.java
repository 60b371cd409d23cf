package dev.callbridge.own;

import dev.callbridge.audio.Level;

/// When the caller was last loud, which is when they stopped speaking: speech-to-text says that
/// they have paused, not since when. Loud is well above what the line sounds like by itself.
///
/// Frames come on one thread, the question on another.
final class Loudness {

  /// Quieter than anybody speaks: about -40 dBFS.
  private static final int LEAST = 300;

  private static final int ABOVE_NOISE = 3;

  /// The noise is taken to rise no faster than this part of what is heard, a frame: speech does not
  /// become noise by going on.
  private static final int RISE = 2_048;

  private double noise = LEAST;
  private volatile long lastLoud;

  private final LoudCaller caller;

  /// @param caller is told of every frame
  Loudness(LoudCaller caller) {
    this.caller = caller;
  }

  /// @param payload base64 text of μ-law 8 kHz
  /// @return whether it is clear by this one that somebody speaks
  boolean frame(byte[] payload, long now) {
    if (payload.length == 0) {
      return false;
    }
    double level = Level.magnitude(payload, 0, payload.length);
    noise = level < noise ? level : noise + (level - noise) / RISE;
    boolean isLoud = level > Math.max(LEAST, ABOVE_NOISE * noise);
    if (isLoud) {
      lastLoud = now;
    }
    return caller.frame(level, isLoud);
  }

  /// 0 where there was nothing yet.
  long lastLoud() {
    return lastLoud;
  }
}
