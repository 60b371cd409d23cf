package dev.callbridge.bridge;

import dev.callbridge.agent.AgentException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Notices when the agent owes the caller a word and says nothing. An event costs the writing of a
/// field; the watching is done by the line's one-second tick, on a thread of its own, so it writes
/// nothing.
///
/// Nothing is owed to a caller who is silent, nor by an agent whose last words are still playing.
final class DeadAir {

  /// What a tool of the agent's platform may take before the agent's silence counts again.
  static final Duration TOOL_TIMEOUT = Duration.ofSeconds(8);

  private final long limit;
  private final LongSupplier nanoTime;
  private volatile @Nullable Debt debt;
  private final AtomicInteger tools = new AtomicInteger();
  private volatile long busyUntil;
  private volatile boolean spoke;

  /// @param first when the caller began to wait
  /// @param last when the caller last said something
  private record Debt(long first, long last) {}

  DeadAir(Duration limit, LongSupplier nanoTime) {
    this.limit = limit.toNanos();
    this.nanoTime = nanoTime;
    this.busyUntil = nanoTime.getAsLong();
  }

  /// The caller waits for a word: for a greeting, or for an answer.
  void owed() {
    long now = nanoTime.getAsLong();
    Debt before = debt;
    debt = new Debt(before == null ? now : before.first(), now);
  }

  /// The agent has said something that is going to be heard.
  void spoken() {
    spoke = true;
    settled();
  }

  /// The agent leaves the turn to the caller.
  void settled() {
    if (debt != null) {
      debt = null;
    }
  }

  /// The agent is at something of which nobody says when it is done.
  void working() {
    busyUntil = nanoTime.getAsLong() + TOOL_TIMEOUT.toNanos();
  }

  /// The agent waits for a tool of ours, which is answered in any case, and the caller for both.
  void toolCalled() {
    tools.incrementAndGet();
  }

  void toolAnswered() {
    busyUntil = nanoTime.getAsLong();
    tools.decrementAndGet();
  }

  /// Who goes on talking to nobody waits no longer than twice as long.
  ///
  /// @throws AgentException when it has been too long
  void check() {
    Debt owed = debt;
    if (owed == null || tools.get() > 0) {
      return;
    }
    long now = nanoTime.getAsLong();
    if (now - later(owed.last(), busyUntil) >= limit
        || now - later(owed.first(), busyUntil) >= 2 * limit) {
      throw new AgentException(spoke ? "dead_air" : "no_audio");
    }
  }

  private static long later(long one, long other) {
    return one - other > 0 ? one : other;
  }
}
