package dev.callbridge.audio;

/// Listens to mu-law for a voicemail's beep: one steady tone of 150 ms to 2 s with quiet behind it.
///
/// Each 20 ms are held against a pure tone: of three samples in a row the outer two add up to the
/// middle one times twice the cosine of the tone's frequency. What a best fit of that leaves over
/// is next to nothing for a tone, and plenty for speech, noise and the two tones of a key.
/// Allocates nothing once it is there.
public final class BeepDetector {

  private static final int RATE = 8_000;
  private static final int BLOCK = RATE / 50;
  private static final double MIN_HERTZ = 300;
  private static final double MAX_HERTZ = 2_100;

  /// Of a tone's power, what may be left over: for the code's own noise, and for anything else.
  private static final double MIN_REST = 0.003;

  private static final double MAX_REST = 0.06;

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
    if (pure && (tone == 0 || quiet > 0 || edges > 0 || !goesOn())) {
      begin();
    } else if (pure) {
      tone++;
    } else if (tone < MIN_BLOCKS || tone > MAX_BLOCKS) {
      tone = 0;
    } else if (power < tonePower / 100) {
      return ++quiet == QUIET_BLOCKS && end();
    } else if (quiet > 0 || ++edges > 1) {
      tone = 0;
    }
    return false;
  }

  private boolean goesOn() {
    return Math.abs(hertz - toneHertz) <= MAX_WANDER
        && power <= tonePower * MAX_SWELL
        && power >= tonePower / MAX_SWELL;
  }

  private void begin() {
    tone = 1;
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
    double both = 0;
    double outer = 0;
    for (int i = 1; i < BLOCK - 1; i++) {
      double sum = block[i - 1] + block[i + 1];
      middle += block[i] * (double) block[i];
      both += block[i] * sum;
      outer += sum * sum;
    }
    power = middle / (BLOCK - 2);
    if (power < FAINTEST_BEEP) {
      return false;
    }
    double cosine = both / (2 * middle);
    if (cosine <= -1 || cosine >= 1) {
      return false;
    }
    hertz = Math.acos(cosine) * RATE / (2 * Math.PI);
    // Low tones differ little from each other in what they leave over.
    double allowed = MIN_REST + MAX_REST * (1 - cosine * cosine);
    double rest = outer - both * both / middle;
    return rest <= allowed * middle && hertz >= MIN_HERTZ && hertz <= MAX_HERTZ;
  }
}
