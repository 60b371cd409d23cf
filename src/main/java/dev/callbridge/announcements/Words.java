package dev.callbridge.announcements;

import java.util.List;
import java.util.Locale;

/// Words that mean something when they are said, whatever is said around them.
final class Words {

  private final List<String> words;

  Words(List<String> words) {
    this.words = words.stream().map(Words::plain).filter(word -> !word.isBlank()).toList();
  }

  boolean areIn(String said) {
    String plain = plain(said);
    return words.stream().anyMatch(plain::contains);
  }

  /// Whole words: a blank on either side of each.
  private static String plain(String text) {
    String letters = text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip();
    return letters.isEmpty() ? "" : " " + letters + " ";
  }
}
