package dev.callbridge.elevenlabs;

import dev.callbridge.agent.AgentException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Whether something is worth trying. Open, it refuses at once and says why. After a while it lets
/// one try through, and another one later for each that has not told.
final class Circuit {

  /// From its opening to the first try.
  static final Duration OPEN = Duration.ofSeconds(30);

  /// How long the others wait for one that tries.
  static final Duration TRIAL = Duration.ofSeconds(10);

  private final MeterRegistry meters;
  private final LongSupplier nanoTime;
  private final AtomicReference<@Nullable Open> state = new AtomicReference<>();

  /// @param proving closes by itself then, unless it is opened again before
  private record Open(String reason, long until, boolean proving) {}

  Circuit(MeterRegistry meters, LongSupplier nanoTime) {
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  /// Passes when it is closed, or when this is to be the try.
  ///
  /// @throws AgentException with the reason it was opened for
  void check() {
    Open open = state.get();
    if (open == null) {
      return;
    }
    long now = nanoTime.getAsLong();
    boolean due = now - open.until() >= 0;
    Open next = open.proving() ? null : new Open(open.reason(), now + TRIAL.toNanos(), false);
    if (!due || !state.compareAndSet(open, next)) {
      meters.counter("callbridge.agent.circuit.refused", "reason", open.reason()).increment();
      throw new AgentException("circuit_open_" + open.reason());
    }
  }

  /// What it was opened for, while it lets nobody through. Looking is not trying.
  Optional<String> refusing() {
    Open open = state.get();
    return open == null || nanoTime.getAsLong() - open.until() >= 0
        ? Optional.empty()
        : Optional.of(open.reason());
  }

  /// @param reason a fixed word: it tags a metric
  void open(String reason) {
    state.set(new Open(reason, nanoTime.getAsLong() + OPEN.toNanos(), false));
    meters.counter("callbridge.agent.circuit.opened", "reason", reason).increment();
  }

  void close() {
    state.set(null);
  }

  /// It works; whether it lasts is known by then.
  void closeIn(Duration proof) {
    Open open = state.get();
    if (open != null) {
      long until = nanoTime.getAsLong() + proof.toNanos();
      state.compareAndSet(open, new Open(open.reason(), until, true));
    }
  }

  boolean isOpen() {
    Open open = state.get();
    return open != null && !(open.proving() && nanoTime.getAsLong() - open.until() >= 0);
  }
}
