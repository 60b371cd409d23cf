package dev.callbridge.audio;

/// How loud μ-law audio is, from 0 (nothing, or no more than a line's noise) to 100 (as loud as it
/// goes), even steps of decibels between.
public final class Level {

  /// What is quieter than this many decibels below full scale is 0.
  private static final double FLOOR = 54;

  /// The mean magnitude of the loudest sine.
  private static final double FULL = 32_124 * 2 / Math.PI;

  private Level() {}

  /// @param text valid base64
  /// @param from where the stretch begins, a multiple of four
  /// @param to where it ends
  public static int of(byte[] text, int from, int to) {
    double magnitude = magnitude(text, from, to);
    if (magnitude == 0) {
      return 0;
    }
    double decibels = 20 * Math.log10(magnitude / FULL);
    return (int) Math.clamp(Math.round(100 * (1 + decibels / FLOOR)), 0L, 100L);
  }

  /// The mean magnitude of its samples, which go up to 32,124.
  public static double magnitude(byte[] text, int from, int to) {
    long sum = 0;
    int samples = 0;
    // Padding would read as the loudest of sounds.
    for (int at = from; at + 3 < to && text[at + 3] != '='; at += 4) {
      int bits = Base64Text.group(text, at);
      for (int shift = 16; shift >= 0; shift -= 8) {
        sum += Math.abs(MuLaw.decode((byte) (bits >> shift)));
        samples++;
      }
    }
    return samples == 0 ? 0 : sum / (double) samples;
  }
}
