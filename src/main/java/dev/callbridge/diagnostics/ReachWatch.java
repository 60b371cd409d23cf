package dev.callbridge.diagnostics;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/// Keeps [KnownReach] from growing old, for as long as the application runs.
@Component
class ReachWatch implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(ReachWatch.class);
  private static final Duration TICK = Duration.ofSeconds(1);

  private final KnownReach reach;
  private Disposable watching = Disposables.disposed();

  ReachWatch(KnownReach reach) {
    this.reach = reach;
  }

  @Override
  public synchronized void start() {
    watching =
        Flux.interval(TICK)
            .onBackpressureDrop()
            .concatMap(_ -> reach.refresh(), 1)
            .subscribe(_ -> {}, e -> LOG.error("nobody looks any more whether calls work", e));
  }

  @Override
  public synchronized void stop() {
    watching.dispose();
  }

  @Override
  public synchronized boolean isRunning() {
    return !watching.isDisposed();
  }
}
