package dev.callbridge.audio;

/// Listens to mu-law for a voicemail's beep: one steady tone of 150 ms to 2 s with quiet behind it.
///
/// Each 20 ms are held against a pure tone: of three samples equally far apart the outer two add up
/// to the middle one times a constant that follows from the frequency. What a best fit of that
/// leaves over is next to nothing for a tone, and plenty for speech, noise and the two tones of a
/// key. Allocates nothing once it is there.
public final class BeepDetector {

  private static final int RATE = 8_000;
  private static final int BLOCK = RATE / 50;
  private static final double MIN_HERTZ = 300;
  private static final double MAX_HERTZ = 2_100;

  /// Of a tone's power, what may be left over.
  private static final double MAX_REST = 0.015;

  /// Two tones close to each other pass for one where samples are close to each other too.
  private static final int APART = 6;

  /// How far a tone may wander, in hertz and in power.
  private static final double MAX_WANDER = 20;

  private static final double MAX_SWELL = 2;

  /// Mean square of the faintest beep, and of the faintest sound that is any.
  private static final double FAINTEST_BEEP = 300 * 300;

  private static final double FAINTEST_SOUND = 120 * 120;

  /// 150 ms of tone have at least six whole blocks in them.
  private static final int MIN_BLOCKS = 6;

  private static final int MAX_BLOCKS = 100;
  private static final int QUIET_BLOCKS = 10;

  private final short[] block = new short[BLOCK];
  private int filled;

  private double power;
  private double hertz;
  private int tone;
  private double toneHertz;
  private double tonePower;
  private int edges;
  private int quiet;
  private int sounds;

  /// @return whether a beep has been heard to its end with this
  public boolean hear(byte[] codes, int length) {
    boolean beep = false;
    for (int i = 0; i < length; i++) {
      block[filled++] = MuLaw.decode(codes[i]);
      if (filled == BLOCK) {
        filled = 0;
        beep |= judge();
      }
    }
    return beep;
  }

  /// How many blocks of 20 ms had any sound in them.
  public int sounds() {
    return sounds;
  }

  private boolean judge() {
    boolean pure = isPure();
    if (power >= FAINTEST_SOUND) {
      sounds++;
    }
    if (tone == 0) {
      begin(pure);
    } else if (pure && edges == 0 && goesOn()) {
      tone++;
    } else if (tone < MIN_BLOCKS || tone > MAX_BLOCKS) {
      begin(pure);
    } else if (power < tonePower / 100) {
      return ++quiet == QUIET_BLOCKS && end();
    } else if (quiet > 0 || ++edges > 1) {
      begin(pure);
    }
    return false;
  }

  private boolean goesOn() {
    return Math.abs(hertz - toneHertz) <= MAX_WANDER
        && power <= tonePower * MAX_SWELL
        && power >= tonePower / MAX_SWELL;
  }

  private void begin(boolean pure) {
    tone = pure ? 1 : 0;
    toneHertz = hertz;
    tonePower = power;
    edges = 0;
    quiet = 0;
  }

  private boolean end() {
    tone = 0;
    return true;
  }

  private boolean isPure() {
    double middle = 0;
    double nearby = 0;
    double apart = 0;
    double outer = 0;
    for (int i = APART; i < BLOCK - APART; i++) {
      double here = block[i];
      double sum = block[i - APART] + block[i + APART];
      middle += here * here;
      nearby += here * (block[i - 1] + block[i + 1]);
      apart += here * sum;
      outer += sum * sum;
    }
    power = middle / (BLOCK - 2 * APART);
    double cosine = nearby / (2 * middle);
    if (power < FAINTEST_BEEP || Math.abs(cosine) >= 1) {
      return false;
    }
    hertz = Math.acos(cosine) * RATE / (2 * Math.PI);
    double rest = outer - apart * apart / middle;
    return rest <= MAX_REST * middle && hertz >= MIN_HERTZ && hertz <= MAX_HERTZ;
  }
}
