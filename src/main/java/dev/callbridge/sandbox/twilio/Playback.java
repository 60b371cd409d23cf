package dev.callbridge.sandbox.twilio;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Twilio's playback buffer: sound and marks in the order they came, drained a frame at a time.
///
/// A mark is due once the sound before it has finished, so a mark met within a frame is due when
/// the next frame begins. Not thread-safe: the stream that owns it guards it.
final class Playback {

  /// Ten minutes. Sound that comes on top of it is discarded.
  static final int CAPACITY = 10 * 60 * 8000;

  private sealed interface Item {}

  private record Sound(Piece piece) implements Item {}

  private record Mark(String name) implements Item {}

  private final Deque<Item> items = new ArrayDeque<>();
  private final List<String> reached = new ArrayList<>();
  private long waiting;

  /// Queues a piece, or says false where it does not fit and is dropped.
  boolean add(Piece piece) {
    if (waiting + piece.remaining() > CAPACITY) {
      piece.drop();
      return false;
    }
    waiting += piece.remaining();
    items.add(new Sound(piece));
    return true;
  }

  /// Queues a mark and returns the marks due now: it, where nothing waits before it.
  List<String> mark(String name) {
    if (items.isEmpty() && reached.isEmpty()) {
      return List.of(name);
    }
    items.add(new Mark(name));
    return List.of();
  }

  /// Empties the buffer and returns every outstanding mark, in order.
  List<String> clear() {
    List<String> due = takeReached();
    for (Item item : items) {
      switch (item) {
        case Sound(Piece piece) -> piece.clear();
        case Mark(String name) -> due.add(name);
      }
    }
    items.clear();
    waiting = 0;
    return due;
  }

  /// Begins a frame: the marks whose sound ended with the frame before it.
  List<String> takeReached() {
    while (items.peek() instanceof Mark(String name)) {
      reached.add(name);
      items.remove();
    }
    var due = new ArrayList<>(reached);
    reached.clear();
    return due;
  }

  /// Fills a frame with what waits and returns how many bytes there were.
  int drain(byte[] frame) {
    int filled = 0;
    while (filled < frame.length && !items.isEmpty()) {
      switch (items.element()) {
        case Sound(Piece piece) -> {
          filled += piece.playInto(frame, filled, frame.length - filled);
          if (piece.remaining() == 0) {
            items.remove();
          }
        }
        case Mark(String name) -> {
          reached.add(name);
          items.remove();
        }
      }
    }
    waiting -= filled;
    return filled;
  }
}
