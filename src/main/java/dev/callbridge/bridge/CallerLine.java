package dev.callbridge.bridge;

import dev.callbridge.agent.ToAgent;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/// What the caller's side has for the agent, from the first frame on: also while the agent is still
/// being connected.
///
/// The caller speaks in real time and cannot be slowed. What an agent does not take waits here, up
/// to about a second of audio; past that the oldest goes, because an answer to stale speech is
/// worse than a gap. Other messages are never dropped for newer ones: one too many is refused.
///
/// ## Termination
///
/// [#hangUp] completes at once and forgets what waits: nobody is left to answer to. One subscriber.
final class CallerLine extends Flux<ToAgent> implements Subscription {

  /// Twilio sends fifty frames a second.
  static final int MAX_WAITING_FRAMES = 50;

  static final int MAX_WAITING_MESSAGES = 64;

  // All mutable state but `wip` and `agent` is guarded by this.

  private final ArrayDeque<ToAgent> waiting = new ArrayDeque<>(MAX_WAITING_FRAMES + 1);

  private final Runnable onDrop;
  private final AtomicInteger wip = new AtomicInteger();
  private int waitingAudio;
  private int waitingMessages;
  private long requested;
  private boolean over;
  private boolean cancelled;
  private boolean completed;
  private volatile @Nullable CoreSubscriber<? super ToAgent> agent;

  CallerLine(Runnable onDrop) {
    this.onDrop = onDrop;
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

  private boolean enqueue(ToAgent message) {
    if (message instanceof ToAgent.Audio) {
      if (waitingAudio == MAX_WAITING_FRAMES) {
        dropOldestFrame();
      }
      waitingAudio++;
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
      if (oldest.next() instanceof ToAgent.Audio) {
        oldest.remove();
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
      }
      if (isJustOver()) {
        subscriber.onComplete();
      }
      missed = wip.addAndGet(-missed);
    } while (missed != 0);
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
