package dev.callbridge.sandbox.elevenlabs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a conversation will do later. Looked at on every tick; there is no timer of its own.
final class Agenda {

  /// Something to do, unless crossed out.
  static final class Item {
    private final long at;
    private final Runnable action;
    private boolean done;

    private Item(long at, Runnable action) {
      this.at = at;
      this.action = action;
    }

    boolean isOpen() {
      return !done;
    }

    void crossOut() {
      done = true;
    }
  }

  private final List<Item> items = new ArrayList<>();

  Item in(Duration delay, Runnable action) {
    Item item = new Item(System.nanoTime() + delay.toNanos(), action);
    items.add(item);
    return item;
  }

  void tick(long now) {
    for (Item item : List.copyOf(items)) {
      if (!item.done && now - item.at >= 0) {
        item.done = true;
        item.action.run();
      }
    }
    items.removeIf(item -> item.done);
  }
}
