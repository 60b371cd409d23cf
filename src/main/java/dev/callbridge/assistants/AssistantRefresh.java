package dev.callbridge.assistants;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Keeps in memory what the database has: at the start, at once after a change that was made here,
/// and within seconds after one that was made elsewhere. While the database is away, what was known
/// last stays.
@Component
class AssistantRefresh implements SmartLifecycle {

  private static final Duration PERIOD = Duration.ofSeconds(2);

  /// The start waits no longer than this for what the database has.
  private static final Duration FIRST = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.assistants");

  private final StoredAssistants stored;
  private final Assistants assistants;
  private final AtomicLong asking = new AtomicLong();
  private Disposable refreshing = Disposables.disposed();
  private volatile String fingerprint = "";
  private volatile boolean away;

  AssistantRefresh(StoredAssistants stored, Assistants assistants) {
    this.stored = stored;
    this.assistants = assistants;
  }

  /// Reads all of them, whether or not there is something new. Never fails.
  Mono<Void> now() {
    return stored.fingerprint().flatMap(this::read).onErrorResume(this::away);
  }

  /// A change between the two is read again by the next look.
  private Mono<Void> read(String current) {
    long asked = asking.incrementAndGet();
    return stored
        .all()
        .doOnNext(all -> {
          assistants.know(asked, all);
          fingerprint = current;
          away = false;
        })
        .then();
  }

  private Mono<Void> look() {
    return stored
        .fingerprint()
        .doOnNext(_ -> away = false)
        .filter(current -> !current.equals(fingerprint))
        .flatMap(this::read)
        .onErrorResume(this::away);
  }

  private Mono<Void> away(Throwable e) {
    if (!away) {
      LOG.warn("assistants are as they were last read: {}", e.toString());
    }
    away = true;
    return Mono.empty();
  }

  /// Calls that come in from the first moment on find their assistant.
  @Override
  public synchronized void start() {
    CountDownLatch first = new CountDownLatch(1);
    refreshing =
        now()
            .doFinally(_ -> first.countDown())
            .thenMany(Flux.interval(PERIOD, PERIOD))
            .onBackpressureDrop()
            .concatMap(_ -> look(), 1)
            .subscribe(_ -> {}, e -> LOG.error("assistants are no longer refreshed", e));
    try {
      if (!first.await(FIRST.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("the stored assistants are not known yet");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void stop() {
    refreshing.dispose();
  }

  @Override
  public synchronized boolean isRunning() {
    return !refreshing.isDisposed();
  }

  /// Before calls come in.
  @Override
  public int getPhase() {
    return 0;
  }
}
