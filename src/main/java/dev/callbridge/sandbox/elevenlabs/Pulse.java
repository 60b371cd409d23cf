package dev.callbridge.sandbox.elevenlabs;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Pings the client and checks its pongs. The very first event of a conversation is ping 0, because
/// a client that tests its id for truth would not answer it.
final class Pulse {

  static final Duration EVERY = Duration.ofSeconds(2);

  /// Pings remembered for a pong to come, a flood of them included.
  private static final int MAX_OPEN = 1_024;

  private final AgentWire wire;
  private final AgentSession ledger;
  private final Map<Integer, Long> open = new LinkedHashMap<>();
  private @Nullable Integer latency;
  private long nextAt = System.nanoTime();

  Pulse(AgentWire wire, AgentSession ledger) {
    this.wire = wire;
    this.ledger = ledger;
  }

  void tick(long now) {
    if (now - nextAt < 0 || !wire.sends("ping") || wire.isStalled()) {
      return;
    }
    nextAt = now + EVERY.toNanos();
    if (open.size() >= MAX_OPEN) {
      open.remove(open.keySet().iterator().next());
    }
    ping(now);
  }

  /// Many at once.
  void flood(int pings) {
    long now = System.nanoTime();
    for (int i = 0; i < pings; i++) {
      ping(now);
    }
  }

  private void ping(long now) {
    int eventId = wire.nextEventId();
    open.put(eventId, now);
    ledger.pinged();
    String detail = "event_id " + eventId + ", ping_ms " + latency;
    wire.send("ping", AgentMessages.ping(eventId, latency), detail);
  }

  void pong(int eventId, long now) {
    Long sentAt = open.remove(eventId);
    if (sentAt == null) {
      ledger.protocolError("pong with event_id " + eventId + ", which no open ping has");
      return;
    }
    Duration took = Duration.ofNanos(now - sentAt);
    latency = Math.toIntExact(took.toMillis());
    ledger.ponged(new AgentSession.Pong(eventId, took));
  }
}
