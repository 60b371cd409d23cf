package dev.callbridge.own;

import dev.callbridge.agent.FromAgent.Alignment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How much of a turn's audio the caller has heard: what was handed on plays in order and without a
/// break, as fast as time goes by.
final class Playout {

  private final List<Stretch> stretches = new ArrayList<>();
  private long end;
  private long millis;
  private boolean aligned = true;

  private record Stretch(long from, long millis, @Nullable Alignment alignment) {}

  void add(long millis, @Nullable Alignment alignment, long now) {
    long from = stretches.isEmpty() || end - now < 0 ? now : end;
    stretches.add(new Stretch(from, millis, alignment));
    aligned &= alignment != null;
    this.millis += millis;
    end = from + millis * 1_000_000;
  }

  boolean isEmpty() {
    return stretches.isEmpty();
  }

  boolean isPlaying(long now) {
    return !stretches.isEmpty() && end - now > 0;
  }

  /// What was heard of that text by now: the characters that were reached, or, where nobody says
  /// when which is spoken, as much of it as was played of the audio.
  String heard(String text, long now) {
    if (!isPlaying(now)) {
      return isEmpty() ? "" : text;
    } else if (!aligned) {
      long played = millis - (end - now) / 1_000_000;
      int reached = (int) (text.length() * Math.max(0, played) / Math.max(1, millis));
      int space = text.lastIndexOf(' ', reached);
      return text.substring(0, Math.max(0, space));
    }
    StringBuilder heard = new StringBuilder();
    for (Stretch stretch : stretches) {
      long played = (now - stretch.from()) / 1_000_000;
      if (stretch.alignment() != null && played > 0) {
        heard.append(
            played >= stretch.millis()
                ? stretch.alignment().characters()
                : stretch.alignment().until(played));
      }
    }
    return heard.toString().strip();
  }
}
