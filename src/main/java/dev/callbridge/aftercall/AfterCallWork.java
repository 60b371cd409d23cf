package dev.callbridge.aftercall;

import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Goes round after what is missing, for as long as the application runs. The rounds of one kind
/// follow each other; a slow vendor holds up its own only.
@Component
class AfterCallWork implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(AfterCallWork.class);
  private static final Duration PURGE = Duration.ofHours(1);

  private final AfterCallSettings settings;
  private final ReportRepair repair;
  private final PriceCollection prices;
  private final Reports reports;
  private Disposable.Composite working = Disposables.composite();
  private volatile boolean running;

  AfterCallWork(
      AfterCallSettings settings, ReportRepair repair, PriceCollection prices, Reports reports) {
    this.settings = settings;
    this.repair = repair;
    this.prices = prices;
    this.reports = reports;
  }

  @Override
  public synchronized void start() {
    working =
        Disposables.composite(
            every(settings.tick(), repair::round),
            every(settings.tick(), prices::round),
            every(PURGE, reports::purge));
    running = true;
  }

  private static Disposable every(Duration period, Supplier<Mono<Void>> round) {
    return Flux.interval(period)
        .onBackpressureDrop()
        .concatMap(
            _ ->
                Mono.defer(round)
                    .onErrorResume(e -> {
                      LOG.warn("what is missing after a call was not asked for: {}", e.toString());
                      return Mono.empty();
                    }),
            1)
        .subscribe(_ -> {}, e -> LOG.error("nothing is asked for after calls any more", e));
  }

  /// What is under way is let go: it is asked for again at its next attempt.
  @Override
  public synchronized void stop() {
    running = false;
    working.dispose();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Stops before the evidence writer does.
  @Override
  public int getPhase() {
    return 1;
  }
}
