package dev.callbridge.load;

import java.util.ArrayList;
import java.util.List;

/// Beats every 20 ms for each call, with the calls spread evenly over the 20 slots of one
/// millisecond, so that the load is smooth and one late call does not hide behind another. Runs on
/// the event loop.
final class Metronome implements Runnable {

  static final long SLOT_NANOS = 1_000_000;

  private static final int SLOTS = 20;

  /// Further behind than this the tool gives up the beats it has missed: it would only send ever
  /// more late frames, and never read again. The run is invalid then.
  private static final long HOPELESS_NANOS = 200_000_000;

  /// Something that happens every 20 ms.
  interface Beat {

    /// Called once for each 20 ms, in order, even when the tool is a little late. False to be left
    /// out from now on.
    boolean beat(long due);
  }

  private final List<List<Beat>> slots = new ArrayList<>();
  private final Tally tally;
  private final long start = System.nanoTime();
  private long passed;
  private boolean stopped;

  Metronome(Tally tally) {
    this.tally = tally;
    for (int i = 0; i < SLOTS; i++) {
      slots.add(new ArrayList<>());
    }
  }

  void add(int number, Beat beat) {
    slots.get(number % SLOTS).add(beat);
  }

  void stop() {
    stopped = true;
  }

  /// Plays every slot whose time has come.
  @Override
  public void run() {
    while (!stopped) {
      long due = start + passed * SLOT_NANOS;
      long late = System.nanoTime() - due;
      if (late < 0) {
        return;
      }
      if (late > HOPELESS_NANOS) {
        passed += late / SLOT_NANOS;
        tally.skipped += late;
        return;
      }
      List<Beat> slot = slots.get((int) (passed % SLOTS));
      for (int i = slot.size() - 1; i >= 0; i--) {
        if (!slot.get(i).beat(due)) {
          slot.set(i, slot.getLast());
          slot.removeLast();
        }
      }
      passed++;
    }
  }
}
