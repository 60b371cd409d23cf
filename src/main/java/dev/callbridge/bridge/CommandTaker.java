package dev.callbridge.bridge;

import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CommandBell;
import dev.callbridge.call.EvidenceWriter;
import dev.callbridge.call.InstanceLease;
import dev.callbridge.steering.Command;
import dev.callbridge.steering.CommandStore;
import dev.callbridge.steering.Settled;
import dev.callbridge.steering.Settled.Why;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/// Carries out what is asked of the calls of this instance: each command once, those of one call in
/// their order. When the database says that there is something, and every second in any case.
@Component
final class CommandTaker implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private static final Duration POLL = Duration.ofSeconds(1);

  /// Commands that are being carried out. While there are so many no more are taken.
  private static final int AT_ONCE = 256;

  /// Longer, and what came of it is not known.
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  /// What was done is done: that it is told is worth some tries.
  private static final Retry TELLING = Retry.backoff(5, Duration.ofMillis(200));

  private final CommandStore store;
  private final CommandBell bell;
  private final CommandWork work;
  private final InstanceLease lease;
  private final EvidenceWriter evidence;
  private final MeterRegistry meters;
  private final Clock clock = Clock.systemUTC();
  private Disposable taking = Disposables.disposed();

  CommandTaker(
      CommandStore store,
      CommandBell bell,
      CommandWork work,
      InstanceLease lease,
      EvidenceWriter evidence,
      MeterRegistry meters) {
    this.store = store;
    this.bell = bell;
    this.work = work;
    this.lease = lease;
    this.evidence = evidence;
    this.meters = meters;
    for (Command.Kind kind : Command.Kind.values()) {
      count(kind, Settled.done(), 0);
    }
  }

  private Flux<Void> take() {
    return Flux.merge(bell.given(), Flux.interval(POLL))
        .onBackpressureLatest()
        .concatMap(_ -> taken(), 1)
        .flatMapIterable(commands -> commands)
        .flatMap(this::settle, AT_ONCE);
  }

  /// While the database is away nobody can have asked.
  private Mono<List<Command>> taken() {
    return Mono.defer(() -> store.take(lease.id()))
        .publishOn(Schedulers.parallel())
        .onErrorResume(e -> {
          LOG.debug("whether there are commands is not known", e);
          return Mono.empty();
        });
  }

  private Mono<Void> settle(Command command) {
    return Mono.defer(() -> work.carryOut(command))
        .publishOn(Schedulers.parallel())
        .timeout(DEADLINE, Mono.just(Settled.refused(Why.NOT_KNOWN)))
        .onErrorResume(e -> {
          LOG.warn("call {}: {} failed: {}", command.callId(), command.what().kind(), "" + e);
          return Mono.just(Settled.refused(Why.NOT_KNOWN));
        })
        .flatMap(settled -> tell(command, settled));
  }

  /// What cannot be stored in the end stays open, and is settled as not known.
  private Mono<Void> tell(Command command, Settled settled) {
    Command.Kind kind = command.what().kind();
    LOG.info("call {}: {}, {}", command.callId(), kind, settled.word());
    count(kind, settled, 1);
    evidence.write(
        new CallEvent(
            command.callId(),
            Kind.COMMAND_RESULT,
            Source.RELAY,
            command.id().toString(),
            clock.instant(),
            Map.of("command", kind.name(), "result", settled.word())));
    return Mono.defer(() -> store.settle(command.id(), lease.id(), settled))
        .retryWhen(TELLING)
        .onErrorResume(e -> {
          LOG.warn("call {}: {} is not stored as settled", command.callId(), kind, e);
          return Mono.empty();
        });
  }

  private void count(Command.Kind kind, Settled settled, double more) {
    Counter.builder("callbridge.steering.commands")
        .description("What operators asked of calls of this instance")
        .tag("command", kind.name().toLowerCase(Locale.ROOT))
        .tag("result", settled.word())
        .register(meters)
        .increment(more);
  }

  @Override
  public synchronized void start() {
    taking = take().subscribe(_ -> {}, e -> LOG.error("commands are no longer taken", e));
  }

  @Override
  public synchronized void stop() {
    taking.dispose();
  }

  @Override
  public synchronized boolean isRunning() {
    return !taking.isDisposed();
  }

  /// Takes as long as calls are on, and no longer than evidence is written.
  @Override
  public int getPhase() {
    return 1;
  }
}
