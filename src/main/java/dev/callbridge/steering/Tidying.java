package dev.callbridge.steering;

import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Settles commands whose giver or taker did not live to do so, and forgets old ones.
@Component
final class Tidying implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(Tidying.class);
  private static final Duration EVERY = Duration.ofSeconds(30);

  private final OldCommands old;
  private final Clock clock = Clock.systemUTC();
  private Disposable running = Disposables.disposed();

  Tidying(OldCommands old) {
    this.old = old;
  }

  private Mono<Void> tidy() {
    return old.tidy(clock.instant())
        .onErrorResume(e -> {
          LOG.debug("commands are tidied later", e);
          return Mono.empty();
        });
  }

  @Override
  public synchronized void start() {
    running =
        Flux.interval(EVERY)
            .onBackpressureDrop()
            .concatMap(_ -> tidy(), 1)
            .subscribe(_ -> {}, e -> LOG.error("commands are no longer tidied", e));
  }

  @Override
  public synchronized void stop() {
    running.dispose();
  }

  @Override
  public synchronized boolean isRunning() {
    return !running.isDisposed();
  }
}
