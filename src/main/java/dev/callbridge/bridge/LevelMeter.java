package dev.callbridge.bridge;

import dev.callbridge.agent.FromAgent;
import dev.callbridge.audio.Level;
import dev.callbridge.call.VoiceLevels;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How loud both voices of a call are at the moment. The caller is heard as it comes; the agent is
/// ahead of its playing, so what it says is remembered until the caller hears it.
///
/// The socket's thread tells it, any thread asks: one that sees an older value sees what was a
/// moment ago.
final class LevelMeter implements VoiceLevels.Meter {

  private static final int STEP_MILLIS = 100;

  /// Base64 text of that much μ-law, in whole groups.
  private static final int STEP_TEXT = 1_068;

  /// A minute. Of what is further ahead the end is forgotten.
  private static final int STEPS = 600;

  /// Frames come every 20 ms. Without any the line is silent.
  private static final long STALE = TimeUnit.MILLISECONDS.toNanos(300);

  private final VoiceLevels levels;
  private final LongSupplier nanoTime;
  private final long epoch;
  private volatile int caller;
  private volatile long callerAt;

  /// By the time that they are played, null until somebody looks.
  private volatile byte @Nullable [] agent;

  private volatile long playsUntil;

  LevelMeter(VoiceLevels levels, LongSupplier nanoTime) {
    this.levels = levels;
    this.nanoTime = nanoTime;
    this.epoch = nanoTime.getAsLong();
    this.playsUntil = epoch;
    this.callerAt = epoch - STALE;
  }

  /// @param payload base64 text of μ-law
  void callerSaid(byte[] payload) {
    if (levels.areWanted()) {
      caller = Level.of(payload, 0, payload.length);
      callerAt = nanoTime.getAsLong();
    }
  }

  /// Follows what plays.
  void agentSaid(FromAgent.Audio audio) {
    long now = nanoTime.getAsLong();
    long starts = Math.max(now, playsUntil);
    if (levels.areWanted()) {
      byte[] steps = agent;
      if (steps == null) {
        steps = new byte[STEPS];
        agent = steps;
      }
      byte[] text = audio.payload();
      for (int from = 0, step = step(starts); from < text.length; from += STEP_TEXT, step++) {
        int to = Math.min(text.length, from + STEP_TEXT);
        steps[step % STEPS] = (byte) Level.of(text, from, to);
      }
    }
    playsUntil = starts + TimeUnit.MILLISECONDS.toNanos(audio.millis());
  }

  /// What was to be played is not.
  void agentSilenced() {
    playsUntil = nanoTime.getAsLong();
  }

  @Override
  public int caller() {
    return nanoTime.getAsLong() - callerAt > STALE ? 0 : caller;
  }

  @Override
  public int agent() {
    long now = nanoTime.getAsLong();
    byte[] steps = agent;
    return steps == null || now >= playsUntil ? 0 : steps[step(now) % STEPS];
  }

  private int step(long time) {
    return (int) (TimeUnit.NANOSECONDS.toMillis(time - epoch) / STEP_MILLIS);
  }
}
