package dev.callbridge.announcements;

import java.util.List;

/// Texts to be said one after the other. Another one takes its place.
record Part(List<Text> texts) {

  /// @param eventId of its audio
  record Text(long eventId, String words) {
    @Override
    public String toString() {
      return "Text[" + eventId + "]";
    }
  }
}
