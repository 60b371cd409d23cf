package dev.callbridge.settling;

import dev.callbridge.call.Call;
import dev.callbridge.call.InstanceLease;
import dev.callbridge.call.OpenCalls;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Looks for calls that should be over and have them settled. Every instance does; each call goes
/// to one of them at a time.
@Component
final class Settler implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(Settler.class);

  private static final Duration SWEEP = Duration.ofSeconds(2);
  private static final Duration FORGETTING = Duration.ofMinutes(10);
  private static final int AT_A_TIME = 64;
  private static final int CONCURRENCY = 8;

  /// Longer than the slowest answer of a carrier and what is stored of it.
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final OpenCalls calls;
  private final InstanceLease lease;
  private final Settlement settlement;
  private Disposable sweeping = Disposables.disposed();

  Settler(OpenCalls calls, InstanceLease lease, Settlement settlement) {
    this.calls = calls;
    this.lease = lease;
    this.settlement = settlement;
  }

  private Mono<Void> sweep() {
    if (!lease.isSteady()) {
      return Mono.empty();
    }
    return calls
        .claimOverdue(AT_A_TIME)
        .collectList()
        .flatMapIterable(overdue -> overdue)
        .flatMap(this::settle, CONCURRENCY)
        .then()
        .onErrorResume(e -> {
          LOG.warn("overdue calls could not be looked for: {}", e.toString());
          return Mono.empty();
        });
  }

  private Mono<Void> settle(Call call) {
    return settlement
        .settle(call)
        .timeout(TIMEOUT)
        .onErrorResume(e -> {
          LOG.warn("call {}: could not be settled and is tried again: {}", call.id(), e.toString());
          return Mono.empty();
        });
  }

  private Mono<Void> forget() {
    return calls
        .forget()
        .onErrorComplete(e -> {
          LOG.warn("old keys could not be released: {}", e.toString());
          return true;
        });
  }

  @Override
  public synchronized void start() {
    sweeping =
        Disposables.composite(
            Flux.interval(SWEEP)
                .onBackpressureDrop()
                .concatMap(_ -> sweep(), 1)
                .subscribe(_ -> {}, e -> LOG.error("the settler has stopped", e)),
            Flux.interval(FORGETTING)
                .onBackpressureDrop()
                .concatMap(_ -> forget(), 1)
                .subscribe(_ -> {}, e -> LOG.error("old keys are kept from now on", e)));
  }

  @Override
  public synchronized void stop() {
    sweeping.dispose();
  }

  @Override
  public synchronized boolean isRunning() {
    return !sweeping.isDisposed();
  }

  /// Stops before the evidence writer does.
  @Override
  public int getPhase() {
    return 1;
  }
}
