package dev.callbridge.faults;

import dev.callbridge.testing.EventStream;
import dev.callbridge.testing.EventStream.Sent;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A client that never stays: hangs up in the middle of whatever is sent, and goes on at the next
/// instance from the last id it has read.
final class HoppingWatcher implements AutoCloseable {

  private final List<URI> instances;
  private final Duration stay;
  private final Duration away;
  private final List<String> ids = new CopyOnWriteArrayList<>();
  private final CountDownLatch enough = new CountDownLatch(1);
  private final Thread hopping = Thread.ofVirtual().unstarted(this::hop);
  private String first = "";
  private volatile String lastId = "";
  private volatile int visits;

  HoppingWatcher(List<URI> instances, Duration stay, Duration away) {
    this.instances = instances;
    this.stay = stay;
    this.away = away;
  }

  /// Takes its snapshot, then hops.
  void begin() throws IOException, InterruptedException {
    try (EventStream stream = visit()) {
      first = stream.awaitReady().lastId();
      stream.close();
      note(stream);
      first = stream.seen("ready").getFirst().id();
    }
    hopping.start();
  }

  private EventStream visit() throws IOException, InterruptedException {
    URI instance = instances.get(visits++ % instances.size());
    return EventStream.open(instance.resolve("/api/v1/calls/stream"), World.API_KEY, lastId);
  }

  private void hop() {
    try {
      while (enough.getCount() > 0) {
        try (EventStream stream = visit()) {
          enough.await(stay.toMillis(), TimeUnit.MILLISECONDS);
          stream.close();
          note(stream);
        }
        enough.await(away.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void note(EventStream stream) {
    ids.addAll(stream.seen("event").stream().map(Sent::id).toList());
    lastId = stream.lastId();
  }

  /// How many of those that are stored its snapshot knew of.
  int knownAtFirst(List<String> stored) {
    return stored.indexOf(first) + 1;
  }

  boolean hasSeen(String id) {
    return ids.contains(id);
  }

  List<String> ids() {
    return List.copyOf(ids);
  }

  int visits() {
    return visits;
  }

  @Override
  public void close() throws InterruptedException {
    enough.countDown();
    hopping.join(Duration.ofSeconds(20));
  }
}
