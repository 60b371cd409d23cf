package dev.callbridge.speech;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts a growing text into sentences, each handed on as soon as it is known to be whole.
public final class SentenceCutter {

  /// A sentence that does not end is cut at a space.
  private static final int MAX_LENGTH = 300;

  /// What is shorter waits for more: "Dr. " is no sentence, and a word on its own sounds like one.
  private static final int MIN_LENGTH = 8;

  private static final Pattern END = Pattern.compile("[.!?…。！？]+[\"'”’)\\]]*\\s+|\\n+");

  private final StringBuilder rest = new StringBuilder();

  public List<String> add(String text) {
    rest.append(text);
    List<String> whole = new ArrayList<>();
    for (int end = end(); end > 0; end = end()) {
      put(whole, end);
    }
    return whole;
  }

  /// What is left when nothing more comes.
  public List<String> finish() {
    List<String> whole = new ArrayList<>();
    put(whole, rest.length());
    return whole;
  }

  public boolean isEmpty() {
    return rest.isEmpty();
  }

  private int end() {
    Matcher ends = END.matcher(rest);
    int from = 0;
    while (ends.find(from)) {
      if (ends.end() >= MIN_LENGTH) {
        return ends.end();
      }
      from = ends.end();
    }
    if (rest.length() <= MAX_LENGTH) {
      return 0;
    }
    int space = rest.lastIndexOf(" ", MAX_LENGTH);
    return space > 0 ? space + 1 : MAX_LENGTH;
  }

  private void put(List<String> whole, int end) {
    String sentence = rest.substring(0, end).strip();
    rest.delete(0, end);
    if (!sentence.isEmpty()) {
      whole.add(sentence);
    }
  }
}
