package dev.callbridge.sandbox.speech;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Recognises clips by how their loudness rises and falls, which transcoding leaves as it was.
final class Likeness {

  /// Correlation of the two loudness curves from which they are called the same.
  static final double SAME = 0.9;

  /// How many frames one curve may be shifted against the other.
  private static final int SHIFT = 25;

  /// A curve shorter than this says nothing.
  private static final int FEWEST_FRAMES = 10;

  private final Map<Clip, double[]> curves = new LinkedHashMap<>();

  Likeness(Collection<Clip> clips) {
    for (Clip clip : clips) {
      double[] curve = curve(clip.ulaw());
      // A steady tone has no rise and fall to compare.
      if (!clip.text().isEmpty() && curve.length >= FEWEST_FRAMES) {
        curves.put(clip, curve);
      }
    }
  }

  Optional<Clip> closest(byte[] ulaw) {
    double[] heard = curve(ulaw);
    if (heard.length < FEWEST_FRAMES) {
      return Optional.empty();
    }
    Optional<Clip> closest = Optional.empty();
    double best = SAME;
    for (Map.Entry<Clip, double[]> entry : curves.entrySet()) {
      double likeness = likeness(entry.getValue(), heard);
      if (likeness > best) {
        best = likeness;
        closest = Optional.of(entry.getKey());
      }
    }
    return closest;
  }

  /// The best correlation over all shifts, over the length of both, what is missing being silence.
  private static double likeness(double[] clip, double[] heard) {
    double best = -1;
    for (int shift = -SHIFT; shift <= SHIFT; shift++) {
      int from = Math.min(0, shift);
      int to = Math.max(clip.length, heard.length + shift);
      best = Math.max(best, correlation(clip, heard, shift, from, to));
    }
    return best;
  }

  private static double correlation(double[] a, double[] b, int shift, int from, int to) {
    double sumA = 0;
    double sumB = 0;
    double squaresA = 0;
    double squaresB = 0;
    double products = 0;
    for (int i = from; i < to; i++) {
      double x = i >= 0 && i < a.length ? a[i] : 0;
      double y = i - shift >= 0 && i - shift < b.length ? b[i - shift] : 0;
      sumA += x;
      sumB += y;
      squaresA += x * x;
      squaresB += y * y;
      products += x * y;
    }
    int n = to - from;
    double spread = (squaresA - sumA * sumA / n) * (squaresB - sumB * sumB / n);
    return spread <= 0 ? -1 : (products - sumA * sumB / n) / Math.sqrt(spread);
  }

  /// The level of each 20 ms, without the quiet at either end.
  private static double[] curve(byte[] ulaw) {
    int frames = ulaw.length / Mulaw.FRAME_BYTES;
    double[] levels = new double[frames];
    int first = frames;
    int last = -1;
    for (int i = 0; i < frames; i++) {
      levels[i] = Mulaw.rms(ulaw, i * Mulaw.FRAME_BYTES, Mulaw.FRAME_BYTES);
      if (levels[i] > Mulaw.SPEECH_RMS) {
        first = Math.min(first, i);
        last = i;
      }
    }
    return first > last ? new double[0] : Arrays.copyOfRange(levels, first, last + 1);
  }
}
