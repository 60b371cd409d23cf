package dev.callbridge.bridge;

import dev.callbridge.agent.ToAgent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;

/// What the caller's side has for the agent, from the first frame on: also while the agent is still
/// being connected.
///
/// The caller speaks in real time and cannot be slowed. What an agent does not take waits here, up
/// to about a second of audio; past that the oldest goes, because an answer to stale speech is
/// worse than a gap. Other messages are never dropped for newer ones: one too many is refused.
///
/// ## Termination
///
/// [#hangUp] completes at once and forgets what waits: nobody is left to answer to. Who waits for a
/// message to be taken is told that it was not. One subscriber.
final class CallerLine extends Flux<ToAgent> implements Subscription {

  /// Twilio sends fifty frames a second.
  static final int MAX_WAITING_FRAMES = 50;

  static final int MAX_WAITING_MESSAGES = 64;

  // All mutable state but `wip` and `agent` is guarded by this.

  private final ArrayDeque<ToAgent> waiting = new ArrayDeque<>(MAX_WAITING_FRAMES + 1);

  /// Messages that somebody waits to see taken, by identity.
  private final Map<ToAgent, Sinks.One<Boolean>> awaited = new IdentityHashMap<>();

  private final Runnable onDrop;
  private final LongSupplier nanoTime;
  private final LongConsumer onTimed;
  private final AtomicInteger wip = new AtomicInteger();
  private int waitingAudio;
  private int frames;
  private @Nullable ToAgent timed;
  private long timedAt;
  private int waitingMessages;
  private long requested;
  private boolean over;
  private boolean cancelled;
  private boolean completed;
  private volatile @Nullable CoreSubscriber<? super ToAgent> agent;

  /// @param onTimed gets the nanoseconds that one frame in fifty took from here to the agent
  CallerLine(Runnable onDrop, LongSupplier nanoTime, LongConsumer onTimed) {
    this.onDrop = onDrop;
    this.nanoTime = nanoTime;
    this.onTimed = onTimed;
  }

  /// @return false when it was refused: too much waits, or the caller is gone
  boolean offer(ToAgent message) {
    boolean accepted;
    synchronized (this) {
      accepted = !over && !cancelled && enqueue(message);
    }
    if (accepted) {
      drain();
    }
    return accepted;
  }

  /// Offers a message and says what became of it: true once the agent has taken it, false when it
  /// never will.
  Mono<Boolean> tell(ToAgent message) {
    Sinks.One<Boolean> told = Sinks.one();
    synchronized (this) {
      awaited.put(message, told);
    }
    if (!offer(message)) {
      tell(message, false);
    }
    return told.asMono();
  }

  /// Takes a message back that was told.
  ///
  /// @return false when the agent has taken it
  boolean withdraw(ToAgent message) {
    synchronized (this) {
      if (awaited.remove(message) == null) {
        return false;
      }
      if (waiting.removeIf(each -> each == message)) {
        waitingMessages--;
      }
      return true;
    }
  }

  private void tell(ToAgent message, boolean taken) {
    Sinks.One<Boolean> told;
    synchronized (this) {
      told = awaited.remove(message);
    }
    if (told != null) {
      told.tryEmitValue(taken);
    }
  }

  private void tellTheRest() {
    List<Sinks.One<Boolean>> rest;
    synchronized (this) {
      rest = new ArrayList<>(awaited.values());
      awaited.clear();
    }
    rest.forEach(told -> told.tryEmitValue(false));
  }

  private boolean enqueue(ToAgent message) {
    if (message instanceof ToAgent.Audio) {
      if (waitingAudio == MAX_WAITING_FRAMES) {
        dropOldestFrame();
      }
      waitingAudio++;
      if (timed == null && frames++ % RelayMeters.ONE_IN == 0) {
        timed = message;
        timedAt = nanoTime.getAsLong();
      }
    } else if (waitingMessages == MAX_WAITING_MESSAGES) {
      return false;
    } else {
      waitingMessages++;
    }
    waiting.addLast(message);
    return true;
  }

  private void dropOldestFrame() {
    var oldest = waiting.iterator();
    while (oldest.hasNext()) {
      ToAgent next = oldest.next();
      if (next instanceof ToAgent.Audio) {
        oldest.remove();
        timed = next == timed ? null : timed;
        waitingAudio--;
        onDrop.run();
        return;
      }
    }
  }

  /// The caller is gone.
  void hangUp() {
    synchronized (this) {
      over = true;
      waiting.clear();
    }
    drain();
    tellTheRest();
  }

  @Override
  public void subscribe(CoreSubscriber<? super ToAgent> subscriber) {
    synchronized (this) {
      if (agent != null) {
        Operators.error(subscriber, new IllegalStateException("a line has one agent"));
        return;
      }
      agent = subscriber;
    }
    subscriber.onSubscribe(this);
    drain();
  }

  @Override
  public void request(long n) {
    synchronized (this) {
      requested = Operators.addCap(requested, n);
    }
    drain();
  }

  @Override
  public void cancel() {
    synchronized (this) {
      cancelled = true;
      waiting.clear();
    }
    tellTheRest();
  }

  /// Emits what may be emitted; only one thread at a time, whoever comes meanwhile leaves it to
  /// that one.
  private void drain() {
    CoreSubscriber<? super ToAgent> subscriber = agent;
    if (subscriber == null || wip.getAndIncrement() != 0) {
      return;
    }
    int missed = 1;
    do {
      for (ToAgent next = poll(); next != null; next = poll()) {
        subscriber.onNext(next);
        if (next == timed) {
          taken();
        } else if (!(next instanceof ToAgent.Audio)) {
          tell(next, true);
        }
      }
      if (isJustOver()) {
        subscriber.onComplete();
      }
      missed = wip.addAndGet(-missed);
    } while (missed != 0);
  }

  private synchronized void taken() {
    timed = null;
    onTimed.accept(nanoTime.getAsLong() - timedAt);
  }

  synchronized int waitingFrames() {
    return waitingAudio;
  }

  private synchronized @Nullable ToAgent poll() {
    if (requested == 0 || cancelled || over) {
      return null;
    }
    ToAgent next = waiting.pollFirst();
    if (next == null) {
      return null;
    }
    if (requested != Long.MAX_VALUE) {
      requested--;
    }
    if (next instanceof ToAgent.Audio) {
      waitingAudio--;
    } else {
      waitingMessages--;
    }
    return next;
  }

  private synchronized boolean isJustOver() {
    boolean now = over && !cancelled && !completed;
    completed |= now;
    return now;
  }
}
