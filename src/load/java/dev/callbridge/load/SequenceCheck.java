package dev.callbridge.load;

/// Finds what is missing, repeated or out of order in one direction of one call.
///
/// A gap counts as lost at once; a frame that turns up later was not lost but reordered. Only the
/// last 64 frames are remembered: one that is later than that stays lost and counts as reordered
/// too.
final class SequenceCheck {

  private final Direction direction;
  private long first = -1;
  private long next;
  private boolean finished;

  /// The window last seen, and the first frame that was not accounted for before it.
  private int window;

  private long opened;

  /// Bit n is set when the frame `next - 1 - n` has arrived.
  private long arrived;

  SequenceCheck(Direction direction) {
    this.direction = direction;
  }

  /// Whether this is the first arrival of this frame.
  boolean arrive(long sequence) {
    if (finished) {
      return false;
    }
    if (first < 0) {
      first = sequence;
      next = sequence;
      direction.unheard += sequence;
    }
    if (window != direction.window) {
      window = direction.window;
      opened = next;
    }
    if (sequence >= next) {
      long gap = sequence - next;
      direction.lost += gap;
      arrived = gap >= 63 ? 1 : arrived << (gap + 1) | 1;
      next = sequence + 1;
      return true;
    }
    long back = next - 1 - sequence;
    if (sequence < first || back >= 64) {
      direction.reordered++;
      return true;
    }
    if ((arrived & 1L << back) != 0) {
      direction.duplicated++;
      return false;
    }
    arrived |= 1L << back;
    direction.reordered++;
    if (sequence >= opened) {
      direction.lost--;
    }
    return true;
  }

  /// Closes the account: everything sent has had its time to arrive, and what has not is lost.
  void finish(long sent) {
    if (first < 0) {
      direction.unheard += sent;
    } else {
      direction.lost += Math.max(0, sent - next);
    }
    finished = true;
  }
}
