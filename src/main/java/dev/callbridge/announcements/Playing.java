package dev.callbridge.announcements;

import java.time.Duration;

/// How much of one text was handed on, and how much of that has come back as played.
final class Playing {

  /// Past the audio itself, what has not come back by then will not come.
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final long eventId;
  private int given;
  private int played;
  private long millis;
  private boolean isWhole;
  private long since;

  Playing(long eventId) {
    this.eventId = eventId;
  }

  long eventId() {
    return eventId;
  }

  boolean isFirst() {
    return given == 0;
  }

  void given(long more, long now) {
    given++;
    millis += more;
    since = now;
  }

  void whole() {
    isWhole = true;
  }

  boolean isWhole() {
    return isWhole;
  }

  void played() {
    played++;
  }

  /// The caller has heard it to its end.
  boolean isHeard() {
    return isWhole && given > 0 && played >= given;
  }

  boolean isOverdue(long now) {
    return isWhole && !isHeard() && now - since > GRACE.plusMillis(millis).toNanos();
  }
}
