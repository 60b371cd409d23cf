package dev.callbridge.audio;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// [LowPass] between two sample rates, cut into one short filter for each place an output sample
/// can fall between two input samples. It never changes, so all calls share it.
final class Polyphase {

  /// As many entries as there are pairs of rates, so it needs no limit.
  private static final Map<Ratio, Polyphase> FILTERS = new ConcurrentHashMap<>();

  private final Ratio ratio;
  private final float[][] phases;

  private Polyphase(Ratio ratio) {
    this.ratio = ratio;
    this.phases = new float[ratio.up()][];
    Arrays.setAll(phases, this::design);
  }

  static Polyphase between(int fromRate, int toRate) {
    return FILTERS.computeIfAbsent(Ratio.of(fromRate, toRate), Polyphase::new);
  }

  /// Output samples for every [#down] input samples.
  int up() {
    return ratio.up();
  }

  int down() {
    return ratio.down();
  }

  /// How many input samples one output sample is made of.
  int taps() {
    return 2 * Math.ceilDiv(LowPass.REACH * Math.max(up(), down()), up());
  }

  /// The filter for an output sample `index / up` of the way from one input sample to the next.
  float[] phase(int index) {
    return phases[index];
  }

  private float[] design(int phase) {
    double lowerRate = Math.min(1, (double) up() / down());
    double[] taps = new double[taps()];
    double centre = taps.length / 2 - 1 + (double) phase / up();
    Arrays.setAll(taps, tap -> LowPass.impulse((centre - tap) * lowerRate));

    // A steady level passes every phase alike; otherwise their differences would be heard as a
    // tone.
    double gain = Arrays.stream(taps).sum();
    float[] coefficients = new float[taps.length];
    for (int tap = 0; tap < taps.length; tap++) {
      coefficients[tap] = (float) (taps[tap] / gain);
    }
    return coefficients;
  }

  private record Ratio(int up, int down) {

    static Ratio of(int fromRate, int toRate) {
      int common = BigInteger.valueOf(fromRate).gcd(BigInteger.valueOf(toRate)).intValue();
      return new Ratio(toRate / common, fromRate / common);
    }
  }
}
