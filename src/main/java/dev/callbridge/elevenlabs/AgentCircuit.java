package dev.callbridge.elevenlabs;

import dev.callbridge.agent.FromAgent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;

/// Keeps callers from an agent that opens and dies at once, again and again: each would hear half a
/// greeting. An agent that cannot be opened is not meant, it says so itself.
final class AgentCircuit {

  static final String QUICK_FAILURES = "quick_failures";

  /// Deaths in a row.
  static final int TOLERATED = 3;

  /// What lives this long after its metadata has not died at once.
  static final Duration QUICK = Duration.ofMillis(1_500);

  private final Circuit circuit;
  private final LongSupplier nanoTime;
  private final AtomicReference<Deaths> deaths = new AtomicReference<>(new Deaths(0, 0));

  private record Deaths(int inARow, long last) {}

  AgentCircuit(Circuit circuit, LongSupplier nanoTime) {
    this.circuit = circuit;
    this.nanoTime = nanoTime;
  }

  Flux<FromAgent> guard(Flux<FromAgent> conversation) {
    return Flux.defer(() -> {
      circuit.check();
      Life life = new Life();
      return conversation
          .doOnNext(life::go)
          .doOnError(_ -> life.lost())
          .doFinally(_ -> life.over());
    });
  }

  Optional<String> refusing() {
    return circuit.refusing();
  }

  boolean isOpen() {
    return circuit.isOpen();
  }

  private final class Life {
    private boolean ready;
    private long since;

    void go(FromAgent event) {
      if (!ready && event instanceof FromAgent.Ready) {
        ready = true;
        since = nanoTime.getAsLong();
        circuit.closeIn(QUICK);
      }
    }

    void lost() {
      long now = nanoTime.getAsLong();
      if (ready && now - since < QUICK.toNanos()) {
        Deaths all = deaths.updateAndGet(before -> new Deaths(before.inARow() + 1, now));
        if (all.inARow() >= TOLERATED) {
          circuit.open(QUICK_FAILURES);
        }
      }
    }

    /// One that began before the last death says nothing of what came after.
    void over() {
      if (ready && nanoTime.getAsLong() - since >= QUICK.toNanos()) {
        deaths.updateAndGet(
            before -> since - before.last() > 0 ? new Deaths(0, before.last()) : before);
      }
    }
  }
}
