package dev.callbridge.live;

import dev.callbridge.call.Position;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The newest frames, once for all subscribers: each reads on from its own number. So a subscriber
/// costs no queue, and one that falls behind costs nothing but itself.
final class FrameRing {

  /// The largest pieces of evidence are webhooks of some kilobytes.
  private static final long MAX_BYTES = 16L << 20;

  private final @Nullable Frame[] frames;
  private @Nullable Position floor;
  private long first;
  private long end;
  private long bytes;

  FrameRing(int capacity) {
    frames = new Frame[capacity];
  }

  /// From that position on everything will be here.
  synchronized void open(Position head) {
    floor = head;
  }

  synchronized boolean isOpen() {
    return floor != null;
  }

  synchronized void append(List<Frame> added) {
    for (Frame frame : added) {
      while (end - first == frames.length || (bytes > MAX_BYTES && first < end)) {
        dropFirst();
      }
      frames[slot(end++)] = frame;
      bytes += frame.bytes().length;
    }
  }

  private void dropFirst() {
    Frame gone = frames[slot(first)];
    frames[slot(first++)] = null;
    if (gone != null) {
      bytes -= gone.bytes().length;
      floor = gone.position() == null ? floor : gone.position();
    }
  }

  /// The number to read from for all that is after that position; -1 where some of it is no longer
  /// here, or not yet.
  synchronized long seek(Position position) {
    if (floor == null || floor.isAfter(position)) {
      return -1;
    }
    long number = first;
    while (number < end && !isAfter(frames[slot(number)], position)) {
      number++;
    }
    return number;
  }

  private static boolean isAfter(@Nullable Frame frame, Position position) {
    return frame != null && frame.position() != null && frame.position().isAfter(position);
  }

  synchronized boolean hasDropped(long number) {
    return number < first;
  }

  synchronized boolean hasMoreThan(long number) {
    return end > number;
  }

  /// The frames from that number on, the oldest so many of them.
  synchronized List<Frame> read(long number, int limit) {
    List<Frame> read = new ArrayList<>();
    for (long n = Math.max(number, first); n < end && read.size() < limit; n++) {
      Frame frame = frames[slot(n)];
      if (frame != null) {
        read.add(frame);
      }
    }
    return read;
  }

  private int slot(long number) {
    return (int) (number % frames.length);
  }
}
