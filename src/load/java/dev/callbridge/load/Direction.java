package dev.callbridge.load;

import org.HdrHistogram.Histogram;

/// What became of the frames of one direction, over all calls.
final class Direction {

  final Histogram latency = new Histogram(3);

  /// Frames sent within the window, and how many of those arrived.
  long sent;

  long received;

  /// Frames that came before the first one delivered: the other side was not there yet.
  long unheard;

  long lost;

  /// Lost before the window opened: while calls were being set up and the relay was cold.
  long lostBefore;

  long duplicated;
  long reordered;

  /// Frames whose audio or envelope is not what was sent.
  long altered;

  /// Frames of another call.
  long misrouted;

  /// Audio from before an interruption that came after its `clear`.
  long stale;

  /// Which window this is: what was lost in an earlier one is not found again in a later one.
  int window;

  long missing() {
    return sent - received;
  }

  boolean isClean() {
    return missing() == 0
        && lost == 0
        && duplicated == 0
        && reordered == 0
        && altered == 0
        && misrouted == 0
        && stale == 0;
  }

  void clear() {
    latency.reset();
    sent = 0;
    received = 0;
    window++;
    lostBefore += lost;
    lost = 0;
    duplicated = 0;
    reordered = 0;
    altered = 0;
    misrouted = 0;
    stale = 0;
  }
}
