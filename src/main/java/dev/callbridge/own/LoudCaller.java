package dev.callbridge.own;

import java.time.Duration;

/// Decides by loudness alone whether somebody speaks over the agent: loud for long enough, with no
/// more than short breaks, and with the ups and downs that speech has. A cough is over too soon,
/// "mm-hm" is mostly a break, and noise or a hum, however loud, goes on evenly. For one thread.
final class LoudCaller {

  private static final int FRAME_MILLIS = 20;

  /// Between syllables and words.
  private static final int LONGEST_BREAK_MILLIS = 200;

  /// Of the loudest to the quietest tenth of a second, in a row of loud ones: 6 dB. Noise has less
  /// than one.
  private static final double LEAST_MODULATION = 2;

  private static final int SMOOTHED = 5;

  private final long limit;
  private final double[] recent = new double[SMOOTHED];
  private int frames;
  private long loudMillis;
  private long breakMillis;
  private double quietest;
  private double loudest;
  private boolean told;

  /// @param limit so long somebody has to be loud, breaks not counted
  LoudCaller(Duration limit) {
    this.limit = limit.toMillis();
  }

  /// @param level of 20 ms
  /// @param isLoud it is well above the line's own noise
  /// @return true once, when it is clear that somebody speaks
  boolean frame(double level, boolean isLoud) {
    recent[frames++ % SMOOTHED] = level;
    if (isLoud) {
      breakMillis = 0;
      loudMillis += FRAME_MILLIS;
    } else {
      breakMillis += FRAME_MILLIS;
    }
    if (breakMillis > LONGEST_BREAK_MILLIS) {
      loudMillis = 0;
      told = false;
    }
    if (loudMillis == FRAME_MILLIS && isLoud) {
      frames = 1;
      recent[0] = level;
      quietest = Double.MAX_VALUE;
      loudest = 0;
    }
    if (frames >= SMOOTHED) {
      double sum = 0;
      for (double each : recent) {
        sum += each;
      }
      quietest = Math.min(quietest, sum / SMOOTHED);
      loudest = Math.max(loudest, sum / SMOOTHED);
    }
    if (told || loudMillis < limit || loudest < LEAST_MODULATION * quietest) {
      return false;
    }
    told = true;
    return true;
  }
}
