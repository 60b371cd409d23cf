package dev.callbridge.sandbox.twilio;

import dev.callbridge.sandbox.twilio.CallerScript.Step;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// The person on a line, acting out a script one frame at a time. Not thread-safe: the line guards
/// it.
final class Caller {

  /// What a person can do to the line.
  interface Hands {
    void press(char digit);

    void hangUp();

    void dropConnection();

    void stopSending();

    void stopReading();

    byte[] clip(String name);

    /// The clip has been spoken to its end.
    void hasSpoken(String name);
  }

  /// 700 ms: how long the agent must be silent before a polite person speaks.
  private static final int TURN_OVER = 35;

  /// 300 ms between keys.
  private static final int KEY_GAP = 15;

  private final Deque<Step> steps;
  private final Deque<Character> keys = new ArrayDeque<>();
  private final Hands hands;
  private final int patience = frames(CallerScript.PATIENCE);
  private byte[] speech = {};
  private int spoken;
  private int keyGap;
  private long frame;

  // Since the current step began, in frames.
  private int elapsed;
  private int heard;
  private int quiet;

  Caller(CallerScript script, Hands hands) {
    this.steps = new ArrayDeque<>(script.steps());
    this.hands = hands;
  }

  /// Lives through one frame and returns the sound made in it.
  ///
  /// @param agentAudible whether the agent's voice was heard in this frame
  /// @param streaming whether a Media Stream listens
  byte[] live(boolean agentAudible, boolean streaming) {
    frame++;
    elapsed++;
    heard += agentAudible ? 1 : 0;
    quiet = agentAudible ? 0 : quiet + 1;
    if (streaming) {
      pressKeys();
    }
    while (!steps.isEmpty() && isDone(steps.element(), streaming)) {
      steps.remove();
      elapsed = 0;
      heard = 0;
      quiet = 0;
    }
    return streaming ? voice() : speech;
  }

  void press(char digit) {
    keys.add(digit);
  }

  /// Does what there is to do of a step; says whether it is over.
  private boolean isDone(Step step, boolean streaming) {
    return switch (step) {
      case CallerScript.Listen _ -> heard > 0 ? quiet >= TURN_OVER : elapsed >= patience;
      case CallerScript.Hear(Duration length) -> heard >= frames(length) || elapsed >= patience;
      case CallerScript.StaySilent(Duration length) -> elapsed >= frames(length);
      case CallerScript.Speak(String clip) -> streaming && speak(clip);
      case CallerScript.Press(String digits) -> {
        digits.chars().forEach(digit -> keys.add((char) digit));
        yield true;
      }
      case CallerScript.HangUp _ -> act(hands::hangUp);
      case CallerScript.DropConnection _ -> streaming && act(hands::dropConnection);
      case CallerScript.StopSending _ -> streaming && act(hands::stopSending);
      case CallerScript.StopReading _ -> streaming && act(hands::stopReading);
    };
  }

  private boolean speak(String clip) {
    if (speech.length == 0) {
      speech = hands.clip(clip);
      spoken = 0;
    }
    if (spoken < speech.length) {
      return false;
    }
    speech = new byte[0];
    hands.hasSpoken(clip);
    return true;
  }

  private byte[] voice() {
    byte[] sound = Mulaw.noise(frame);
    int length = Math.min(sound.length, speech.length - spoken);
    if (length > 0) {
      System.arraycopy(speech, spoken, sound, 0, length);
      spoken += length;
    }
    return sound;
  }

  private void pressKeys() {
    if (keyGap > 0) {
      keyGap--;
    } else if (!keys.isEmpty()) {
      hands.press(keys.remove());
      keyGap = KEY_GAP;
    }
  }

  private static boolean act(Runnable action) {
    action.run();
    return true;
  }

  private static int frames(Duration length) {
    return (int) length.dividedBy(Ticker.FRAME);
  }
}
