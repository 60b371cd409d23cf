package dev.callbridge.own;

import java.time.Duration;

/// Decides whether what a caller says over the agent is meant to stop it.
final class BargeIn {

  private final int words;
  private final long after;
  private boolean speaking;
  private long began;

  BargeIn(int words, Duration after) {
    this.words = words;
    this.after = after.toNanos();
  }

  /// @return whether it is an interruption by now
  boolean partial(String text, long now) {
    if (Murmurs.isNoise(text)) {
      return false;
    }
    if (!speaking) {
      speaking = true;
      began = now;
    }
    return Murmurs.words(text) >= words && now - began >= after;
  }

  /// What is settled needs no second word: "Stop." is one.
  boolean committed(String text) {
    speaking = false;
    return Murmurs.words(text) > 0;
  }

  boolean isSpeaking() {
    return speaking;
  }
}
