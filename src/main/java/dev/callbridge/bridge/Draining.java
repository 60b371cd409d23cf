package dev.callbridge.bridge;

import dev.callbridge.call.LiveCalls;
import dev.callbridge.call.RelaySettings;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Lets calls end before the process does. New media is refused at once, and its callers hear so;
/// calls that are on go on up to the limit, with all their webhooks answered, then are ended. Only
/// then does the web server stop.
@Component
class Draining implements SmartLifecycle {

  /// Before the web server's own graceful shutdown, which closes its port first of all.
  static final int PHASE = DEFAULT_PHASE;

  /// For sockets to close once calls are told to end, and for Twilio to ask what comes next.
  static final Duration GOODBYE = Duration.ofSeconds(3);

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Logger LOG = LoggerFactory.getLogger(Draining.class);

  private final LiveCalls live;
  private final Duration limit;
  private final ApplicationContext context;
  private volatile boolean running;
  private volatile boolean hurried;

  Draining(LiveCalls live, RelaySettings settings, ApplicationContext context) {
    this.live = live;
    this.limit = settings.drainLimit();
    this.context = context;
  }

  /// No call is waited for any longer.
  void hurry() {
    hurried = true;
  }

  @Override
  public void stop(Runnable done) {
    running = false;
    AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
    live.refuseMore();
    LOG.info("draining: {} calls may go on for {}", live.underWay(), limit);
    boolean wereCalls = live.underWay() > 0;
    until(() -> hurried || live.underWay() == 0, limit)
        .then(Mono.fromRunnable(live::endAll))
        .then(until(() -> live.underWay() == 0, GOODBYE))
        .then(wereCalls && !hurried ? Mono.delay(GOODBYE.dividedBy(3)) : Mono.empty())
        .doFinally(_ -> {
          LOG.info("drained: {} calls are left", live.underWay());
          done.run();
        })
        .subscribe(_ -> {}, e -> LOG.error("draining was cut short", e));
  }

  private static Mono<Void> until(BooleanSupplier such, Duration atMost) {
    return Flux.interval(Duration.ZERO, LOOK)
        .onBackpressureDrop()
        .takeUntil(_ -> such.getAsBoolean())
        .take(atMost)
        .then();
  }

  @Override
  public void start() {
    live.takeMore();
    running = true;
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
