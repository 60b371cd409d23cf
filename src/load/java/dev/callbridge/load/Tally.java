package dev.callbridge.load;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/// What is measured. Only the event loop touches it while calls are on the line.
///
/// Times count when the frame was *sent* within the window, however late it arrives: the slowest
/// frames of an overloaded relay are those that come after the window has closed.
final class Tally {

  final Direction toAgent = new Direction();
  final Direction toCaller = new Direction();

  /// From an `interruption` to its `clear`.
  final Histogram clear = new Histogram(3);

  /// From a `ping` to its `pong`.
  final Histogram pong = new Histogram(3);

  /// How long Twilio waits for TwiML. Counted for every call, most of which are set up before the
  /// window.
  final Histogram webhook = new Histogram(3);

  /// How late the tool itself is with what it sends.
  final Histogram lateness = new Histogram(3);

  /// Why calls failed or were cut off, and what a peer would have complained about.
  final Map<String, Integer> failures = new TreeMap<>();

  final Map<String, Integer> complaints = new TreeMap<>();

  /// Requests that neither Twilio nor ElevenLabs stands ready for here.
  final Map<String, Integer> unknownRequests = new TreeMap<>();

  /// Time for which the tool sent nothing because it was hopelessly late.
  long skipped;

  long interruptions;
  long cleared;
  long clearsUnasked;
  long pings;
  long pongs;

  private long windowStart = Long.MAX_VALUE;
  private long windowEnd = Long.MAX_VALUE;

  void openWindow(long now) {
    toAgent.clear();
    toCaller.clear();
    clear.reset();
    pong.reset();
    lateness.reset();
    skipped = 0;
    interruptions = 0;
    cleared = 0;
    clearsUnasked = 0;
    pings = 0;
    pongs = 0;
    windowStart = now;
    windowEnd = Long.MAX_VALUE;
  }

  void closeWindow(long now) {
    windowEnd = now;
  }

  boolean inWindow(long nanos) {
    return nanos >= windowStart && nanos < windowEnd;
  }

  void fail(String why) {
    failures.merge(why, 1, Integer::sum);
  }

  void complain(String what) {
    complaints.merge(what, 1, Integer::sum);
  }

  void unknownRequest(String what) {
    unknownRequests.merge(what, 1, Integer::sum);
  }

  static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.max(0, nanos) / 1_000);
  }
}
