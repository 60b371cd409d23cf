package dev.callbridge.bridge;

import dev.callbridge.audio.Base64Text;
import dev.callbridge.audio.BeepDetector;
import dev.callbridge.call.Heard;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Listens to how a call begins for signs of who answered: a beep, the words of a machine, nothing
/// at all. Says each of them once.
///
/// Sounds come on the socket's thread, words on the agent's, ticks on a timer's.
final class Hearing {

  /// A greeting is over by then, and a beep after it is somebody's.
  static final Duration WINDOW = Duration.ofSeconds(60);

  /// A person who picks up has said something by then.
  static final Duration SILENCE = Duration.ofSeconds(10);

  /// 100 ms of sound: a crackle is less.
  private static final int SOUNDS = 5;

  private static final int MAX_SOUND_BYTES = 4_096;

  private final Consumer<Heard> tell;
  private final LongSupplier nanoTime;
  private final long begin;

  // All guarded by this.
  private final BeepDetector beeps = new BeepDetector();
  private final byte[] sound = new byte[MAX_SOUND_BYTES];
  private final Set<Heard> told = EnumSet.noneOf(Heard.class);
  private boolean over;

  Hearing(Consumer<Heard> tell, LongSupplier nanoTime) {
    this.tell = tell;
    this.nanoTime = nanoTime;
    this.begin = nanoTime.getAsLong();
  }

  /// @param payload base64 text of mu-law
  synchronized void sound(byte[] payload) {
    if (over) {
      return;
    }
    int length = Base64Text.decode(payload, sound);
    if (length > 0 && beeps.hear(sound, length)) {
      tell(Heard.BEEP);
    }
  }

  synchronized void words(String text) {
    if (!over) {
      GreetingWords.in(text).ifPresent(this::tell);
    }
  }

  synchronized void tick() {
    if (over) {
      return;
    }
    long age = nanoTime.getAsLong() - begin;
    if (age >= SILENCE.toNanos() && beeps.sounds() < SOUNDS) {
      tell(Heard.SILENCE);
    }
    if (age >= WINDOW.toNanos()) {
      over = true;
      if (!told.contains(Heard.BEEP)) {
        tell(Heard.NO_BEEP);
      }
    }
  }

  private void tell(Heard what) {
    if (told.add(what)) {
      tell.accept(what);
    }
  }
}
