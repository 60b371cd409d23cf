package dev.callbridge.live;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/// Who watches on this instance. Streams end as soon as the process is asked to stop: another
/// instance may go on with them while calls end here.
@Component
class Subscribers implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(Subscribers.class);

  private static final Duration TICK = Duration.ofSeconds(1);

  /// For a client that has stalled to read on and be told, or for last words to be written.
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final StreamSettings settings;
  private final StreamParts parts;
  private final LevelBoard levels;
  private final Set<Open> open = ConcurrentHashMap.newKeySet();
  private final Map<Open, Long> overdue = new ConcurrentHashMap<>();
  private Disposable ticking = Disposables.disposed();
  private volatile boolean running;
  private volatile boolean closing;

  Subscribers(StreamSettings settings, StreamParts parts, LevelBoard levels) {
    this.settings = settings;
    this.parts = parts;
    this.levels = levels;
  }

  /// @param cut closes its connection, whatever is still to be written
  record Open(Subscriber subscriber, Runnable cut) {}

  int count() {
    return open.size();
  }

  Open enter(StreamFilter filter, Runnable cut) {
    if (!running || closing) {
      throw new ResponseStatusException(
          HttpStatus.SERVICE_UNAVAILABLE, "this instance is stopping");
    } else if (open.size() >= settings.maxSubscribers()) {
      throw new ResponseStatusException(
          HttpStatus.SERVICE_UNAVAILABLE, "as many streams are open as this instance serves");
    }
    Scheduler scheduler = parts.scheduler();
    Open entered =
        new Open(
            new Subscriber(
                filter, parts.ring(), parts.past(), levels, scheduler, settings.heartbeat()),
            cut);
    open.add(entered);
    if (!running || closing) {
      entered.subscriber().end(Frames.GOODBYE);
    }
    return entered;
  }

  void leave(Open entered) {
    open.remove(entered);
    overdue.remove(entered);
  }

  void wakeAll() {
    open.forEach(each -> each.subscriber().wake());
  }

  boolean wantLevels() {
    return open.stream().anyMatch(each -> each.subscriber().filter().levels());
  }

  void wakeForLevels() {
    for (Open each : open) {
      if (each.subscriber().filter().levels()) {
        each.subscriber().wake();
      }
    }
  }

  private void tick() {
    long now = System.nanoTime();
    for (Open each : open) {
      each.subscriber().wakeIfDue();
      Long since = overdue.get(each);
      if (since != null && now - since > GRACE.toNanos()) {
        cut(each);
      } else if (since == null && each.subscriber().isStalled(settings.stalledAfter())) {
        overdue.put(each, now);
        each.subscriber().end(Frames.resync(Frames.Resync.TOO_SLOW));
      }
    }
  }

  private void cut(Open each) {
    LOG.info("a subscriber that does not read is cut off");
    each.subscriber().abandon();
    each.cut().run();
    leave(each);
  }

  @Override
  public synchronized void start() {
    running = true;
    closing = false;
    ticking =
        Flux.interval(TICK, parts.scheduler())
            .onBackpressureDrop()
            .subscribe(_ -> tick(), e -> LOG.error("nobody looks after subscribers any more", e));
  }

  /// Once no more calls are taken there is a better instance to watch from.
  @EventListener
  void changed(AvailabilityChangeEvent<ReadinessState> readiness) {
    if (readiness.getState() == ReadinessState.REFUSING_TRAFFIC) {
      endAll();
    }
  }

  private void endAll() {
    closing = true;
    open.forEach(each -> each.subscriber().end(Frames.GOODBYE));
  }

  @Override
  public void stop(Runnable done) {
    running = false;
    endAll();
    Flux.interval(Duration.ZERO, Duration.ofMillis(50))
        .onBackpressureDrop()
        .takeUntil(_ -> open.isEmpty())
        .take(GRACE)
        .then()
        .doFinally(_ -> {
          open.forEach(this::cut);
          ticking.dispose();
          done.run();
        })
        .subscribe(_ -> {}, e -> LOG.error("streams were cut short", e));
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Before the web server waits for its last request. Not with the draining: what depends on this
  /// stops with it, and counts among those that its phase waits for.
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 1;
  }
}
