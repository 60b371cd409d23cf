package dev.callbridge.audio;

/// The filter that keeps a change of rate from inventing sound: a sinc under a Kaiser window.
///
/// Time is in samples of the lower of the two rates, because that rate sets the band. Everything
/// from its Nyquist frequency up is stopped: on the way down that would fold back as aliasing, on
/// the way up it is images of the speech. On a telephone line 3.4 kHz passes and 4 kHz does not.
final class LowPass {

  /// How far the filter looks to either side, and so the delay it adds: 3.6 ms at 8 kHz, which
  /// nobody on a telephone hears. It is what this stop band costs with this slope.
  static final int REACH = 29;

  /// How much of the band passes untouched. The rest of it is the filter's slope.
  private static final double PASS_BAND = 0.85;

  private static final double STOP_BAND_DECIBELS = 70;

  private static final double CUTOFF = (PASS_BAND + 1) / 2;

  /// Kaiser's formula for the window's shape.
  private static final double BETA = 0.1102 * (STOP_BAND_DECIBELS - 8.7);

  private LowPass() {}

  /// The impulse response at a distance from its centre, not scaled to any particular gain.
  static double impulse(double distance) {
    double ofReach = distance / REACH;
    if (Math.abs(ofReach) >= 1) {
      return 0;
    }
    return sinc(CUTOFF * distance) * bessel(BETA * Math.sqrt(1 - ofReach * ofReach));
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }

  /// The modified Bessel function of order zero, as its power series.
  private static double bessel(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > sum * 1e-12; k++) {
      term *= (x / (2 * k)) * (x / (2 * k));
      sum += term;
    }
    return sum;
  }
}
