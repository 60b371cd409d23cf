package dev.callbridge.own;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/// Tells words from the sounds of somebody who listens.
final class Murmurs {

  private static final Set<String> SOUNDS =
      Set.of(
          "ah", "aha", "eh", "er", "erm", "hm", "hmm", "hmmm", "huh", "mhm", "mm", "mmhm", "mmhmm",
          "mmm", "oh", "ok", "okay", "right", "sure", "uh", "uhhuh", "uhum", "um", "yeah", "yep",
          "yes");

  private Murmurs() {}

  /// How many words there are beside murmurs, and beside what is marked as a noise: `(coughs)`.
  static int words(String text) {
    String spoken = text.replaceAll("\\([^)]*\\)|\\[[^]]*]|<[^>]*>", " ");
    return (int)
        Arrays.stream(spoken.toLowerCase(Locale.ROOT).split("\\s+"))
            .map(word -> word.replaceAll("[^\\p{L}\\p{N}]", ""))
            .filter(word -> !word.isEmpty() && !SOUNDS.contains(word))
            .count();
  }

  /// Nothing at all, or only what is marked as a noise.
  static boolean isNoise(String text) {
    return text.replaceAll("\\([^)]*\\)|\\[[^]]*]|<[^>]*>", " ").isBlank();
  }
}
