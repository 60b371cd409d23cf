package dev.callbridge.audio;

import java.util.Arrays;

/// Keys of a telephone as sound: two tones at once for each (ITU-T Q.23), μ-law 8 kHz.
public final class Dtmf {

  private static final String KEYS = "123A456B789C*0#D";
  private static final int[] ROWS = {697, 770, 852, 941};
  private static final int[] COLUMNS = {1209, 1336, 1477, 1633};

  private static final int RATE = 8_000;

  /// Twice what the standards ask for, for lines that lose some.
  private static final int TONE_MILLIS = 120;

  private static final int GAP_MILLIS = 80;

  /// Of `w`, as Twilio has it; `W` is twice that.
  private static final int WAIT_MILLIS = 500;

  /// Of each of the two tones, about -9 dBm0 together with the other.
  private static final double AMPLITUDE = 8_000;

  private Dtmf() {}

  /// @param keys of `0-9A-D*#`, and `w` or `W` for half a second or a second of silence
  public static byte[] of(String keys) {
    int length = keys.chars().map(key -> samples(millis(key))).sum();
    byte[] sound = new byte[length];
    Arrays.fill(sound, MuLaw.SILENCE);
    int at = 0;
    for (char key : keys.toCharArray()) {
      if (key != 'w' && key != 'W') {
        tone(KEYS.indexOf(key), sound, at);
      }
      at += samples(millis(key));
    }
    return sound;
  }

  private static void tone(int key, byte[] sound, int at) {
    double low = 2 * Math.PI * ROWS[key / 4] / RATE;
    double high = 2 * Math.PI * COLUMNS[key % 4] / RATE;
    for (int i = 0; i < samples(TONE_MILLIS); i++) {
      sound[at + i] = MuLaw.encode((short) (AMPLITUDE * (Math.sin(low * i) + Math.sin(high * i))));
    }
  }

  private static int millis(int key) {
    return switch (key) {
      case 'w' -> WAIT_MILLIS;
      case 'W' -> 2 * WAIT_MILLIS;
      default -> TONE_MILLIS + GAP_MILLIS;
    };
  }

  private static int samples(int millis) {
    return millis * RATE / 1_000;
  }
}
