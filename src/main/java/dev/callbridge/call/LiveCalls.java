package dev.callbridge.call;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// The calls whose media this instance carries, and the limit on how many there may be.
@Component
public class LiveCalls {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  /// From the TwiML that asks for a stream to the stream. Twilio takes well under a second.
  private static final Duration EXPECTED = Duration.ofSeconds(10);

  private final Map<UUID, Line> lines = new ConcurrentHashMap<>();

  /// Calls that were told to open a stream and have not yet, and until when room is kept for each.
  private final Map<UUID, Long> expected = new HashMap<>();

  private final AtomicInteger admitted = new AtomicInteger();
  private final int limit;

  /// 0 while calls are taken, 1 while those on may go on, 2 when they are to end.
  private volatile int closing;

  LiveCalls(RelaySettings settings, MeterRegistry meters) {
    limit = settings.maxCalls();
    Gauge.builder("callbridge.calls.active", lines, Map::size)
        .description("Calls whose media is carried")
        .register(meters);
    Gauge.builder("callbridge.calls.limit", () -> limit)
        .description("How many there may be")
        .register(meters);
  }

  /// A call whose media is carried.
  public record Connection(UUID callId, String callSid, String streamSid, Instant since) {}

  /// The right to carry one call, from the upgrade on. Given back once.
  public final class Permit {
    private boolean returned;

    private Permit() {}

    public synchronized void giveBack() {
      if (!returned) {
        returned = true;
        admitted.decrementAndGet();
      }
    }
  }

  private record Line(Connection connection, Sinks.Empty<Void> replaced) {}

  /// Whether one more call would be admitted now.
  public boolean hasRoom() {
    return closing == 0 && admitted.get() < limit;
  }

  /// How many calls there may be at a time.
  public int limit() {
    return limit;
  }

  public void takeMore() {
    closing = 0;
  }

  /// No more calls are taken; those that are on go on.
  public void refuseMore() {
    closing = Math.max(closing, 1);
  }

  /// Those that are on are to end now.
  public void endAll() {
    closing = 2;
  }

  /// Whether no more calls are taken.
  public boolean isClosing() {
    return closing > 0;
  }

  /// Whether the calls that are on are to end: for them to look at, now and then.
  public boolean areToEnd() {
    return closing == 2;
  }

  /// Sockets that may still become calls, and those that are.
  public int underWay() {
    return admitted.get();
  }

  /// Keeps room for the stream of a call that is about to be told to open one: so many at the same
  /// moment are not all told so.
  ///
  /// @return false when there is none
  public synchronized boolean expect(UUID callId) {
    if (lines.containsKey(callId)) {
      // Twilio asks again; its stream is there.
      return true;
    }
    long now = System.nanoTime();
    expected.values().removeIf(until -> until - now < 0);
    if (closing > 0
        || (!expected.containsKey(callId) && admitted.get() + expected.size() >= limit)) {
      return false;
    }
    expected.put(callId, now + EXPECTED.toNanos());
    return true;
  }

  public Optional<Permit> admit() {
    return admit(null);
  }

  /// @param callId whose stream it is, where that is known
  public synchronized Optional<Permit> admit(@Nullable UUID callId) {
    if (callId != null) {
      expected.remove(callId);
    }
    int now = admitted.incrementAndGet();
    if (now > limit || closing > 0) {
      admitted.decrementAndGet();
      return Optional.empty();
    }
    return Optional.of(new Permit());
  }

  /// Enters a call. A stream it already had is an older one of the same call, and ends.
  ///
  /// @return completes when a newer stream of the call takes its place, or another instance has
  public Mono<Void> enter(Connection connection) {
    Line line = new Line(connection, Sinks.empty());
    @Nullable Line older = lines.put(connection.callId(), line);
    if (older != null) {
      older.replaced().tryEmitEmpty();
    }
    return line.replaced().asMono();
  }

  /// Ends the stream of a call that is no longer this instance's.
  public void giveUp(UUID callId) {
    Line line = lines.get(callId);
    if (line != null) {
      LOG.warn("call {}: its stream is given up, another instance has ended it", callId);
      line.replaced().tryEmitEmpty();
    }
  }

  public void leave(Connection connection) {
    lines.computeIfPresent(
        connection.callId(), (_, line) -> line.connection().equals(connection) ? null : line);
  }

  public boolean carries(UUID callId) {
    return lines.containsKey(callId);
  }

  public Collection<Connection> connections() {
    return List.copyOf(lines.values()).stream().map(Line::connection).toList();
  }
}
