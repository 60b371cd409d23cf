package dev.callbridge.call;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/// Carries what happens to the database, so that no frame waits for it and no closing socket takes
/// it along. Writes of one call keep their order. While the database is away they go to a journal
/// on disk, and from there to the database once it is back.
@Component
public class EvidenceWriter implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(EvidenceWriter.class);

  private static final int LANES = 2;

  /// Entries that may wait in each lane, some thousands of calls' worth in all.
  private static final int MAX_WAITING = 16_384;

  private static final int MAX_BATCH = 256;

  private static final Duration BATCH_DELAY = Duration.ofMillis(100);
  private static final Duration ENDINGS = Duration.ofMinutes(1);
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(10);

  private final EvidenceStore store;
  private final Outage outage;
  private final Counter lost;

  /// For as long as Twilio may ask what comes after a stream.
  private final Cache<UUID, Ending> endings =
      Caffeine.newBuilder().maximumSize(MAX_WAITING).expireAfterWrite(ENDINGS).build();

  private List<Sinks.Many<Waiting>> lanes = List.of();
  private Disposable.Composite writing = Disposables.composite();
  private Mono<Void> drained = Mono.empty();
  private volatile boolean running;

  EvidenceWriter(EvidenceStore store, JournalSettings journal, MeterRegistry meters) {
    this.store = store;
    this.lost = meters.counter(EvidenceStore.LOST);
    this.outage = new Outage(journal.directory(), store::put, meters);
  }

  /// An entry, and who wants to know that it is safe; without one, that those before it are.
  private record Waiting(@Nullable EvidenceEntry entry, Sinks.Empty<Void> safe) {}

  public void write(CallEvent event) {
    if (event.kind() == CallEvent.Kind.MEDIA_ENDED) {
      endings.put(
          event.callId(), Ending.valueOf(event.details().getOrDefault("ending", "INTERRUPTED")));
    }
    submit(new EvidenceEntry.Happened(event));
  }

  public void write(UUID callId, Turn turn) {
    submit(new EvidenceEntry.Spoken(callId, turn));
  }

  /// A call that came in while it could not be stored, and was told so. It is known once it can be.
  ///
  /// @param webhook that it came in by
  /// @param refused why nobody talked to it
  public void turnedAway(CallPlan plan, CallEvent webhook, CallEvent refused) {
    submit(new EvidenceEntry.TurnedAway(plan, webhook, refused));
  }

  /// As [#write(CallEvent)], for one who answers for it.
  ///
  /// @return completes once the event is in the database or on the disk; fails when it is in
  ///   neither
  public Mono<Void> record(CallEvent event) {
    return Mono.defer(() -> submit(new EvidenceEntry.Happened(event)));
  }

  /// The same of a call of which nothing but Twilio's sid is known, while nobody can be asked whose
  /// it is.
  public Mono<Void> recordBySid(CallEvent event) {
    return Mono.defer(() -> submit(new EvidenceEntry.HappenedToSid(event)));
  }

  /// Whether the last stream that this instance carried of that call, not long ago, ended because
  /// somebody wanted it to. Known without the database.
  public boolean endedDeliberately(UUID callId) {
    Ending ending = endings.getIfPresent(callId);
    return ending != null && ending.isDeliberate();
  }

  /// The database did not take the last that it was given.
  public boolean isDatabaseAway() {
    return outage.isOn();
  }

  /// Completes once all that was given of that call before is in the database, or on the disk.
  public Mono<Void> written(UUID callId) {
    return Mono.defer(() -> submit(callId, null));
  }

  private Mono<Void> submit(EvidenceEntry entry) {
    return submit(entry.callId(), entry);
  }

  private Mono<Void> submit(UUID callId, @Nullable EvidenceEntry entry) {
    Waiting waiting = new Waiting(entry, Sinks.empty());
    Sinks.EmitResult result = Sinks.EmitResult.FAIL_CANCELLED;
    if (running) {
      Sinks.Many<Waiting> lane = lanes.get(Math.floorMod(callId.hashCode(), LANES));
      // Calls of a lane end on any thread. Nothing but the queueing is done under it.
      synchronized (lane) {
        result = lane.tryEmitNext(waiting);
      }
    }
    if (result.isFailure()) {
      lost.increment();
      LOG.error("call {}: evidence could not be queued ({})", callId, result);
      return Mono.error(new IllegalStateException("evidence could not be queued: " + result));
    }
    return waiting.safe().asMono();
  }

  private Mono<Void> store(List<Waiting> batch) {
    List<EvidenceEntry> entries =
        batch.stream().map(Waiting::entry).filter(Objects::nonNull).toList();
    return (outage.isOn()
            ? outage.keep(entries)
            : store.put(entries).onErrorResume(e -> keep(entries, e)))
        .doOnSuccess(_ -> batch.forEach(waiting -> waiting.safe().tryEmitEmpty()))
        .onErrorResume(e -> {
          lost.increment(entries.size());
          LOG.error("{} pieces of evidence could not be kept anywhere", entries.size(), e);
          batch.forEach(waiting -> waiting.safe().tryEmitError(e));
          return Mono.empty();
        });
  }

  private Mono<Void> keep(List<EvidenceEntry> entries, Throwable e) {
    LOG.warn("the database is away, evidence goes to the journal: {}", e.toString());
    return outage.keep(entries);
  }

  @Override
  public synchronized void start() {
    lanes =
        IntStream.range(0, LANES)
            .<Sinks.Many<Waiting>>mapToObj(_ ->
                Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_WAITING)))
            .toList();
    writing = Disposables.composite();
    List<Sinks.Empty<Void>> ends = lanes.stream().map(_ -> Sinks.<Void>empty()).toList();
    for (int lane = 0; lane < LANES; lane++) {
      Sinks.Empty<Void> end = ends.get(lane);
      writing.add(
          lanes
              .get(lane)
              .asFlux()
              .publishOn(Schedulers.parallel(), MAX_BATCH)
              .bufferTimeout(MAX_BATCH, BATCH_DELAY, true)
              .concatMap(this::store)
              .doFinally(_ -> end.tryEmitEmpty())
              .subscribe(_ -> {}, e -> LOG.error("the evidence writer has stopped", e)));
    }
    writing.add(outage.start());
    drained = Mono.when(ends.stream().map(Sinks.Empty::asMono).toList());
    running = true;
  }

  /// Takes no more, writes what is queued, then lets go.
  @Override
  public synchronized void stop(Runnable done) {
    running = false;
    for (Sinks.Many<Waiting> lane : lanes) {
      synchronized (lane) {
        lane.tryEmitComplete();
      }
    }
    drained
        .timeout(FLUSH_TIMEOUT)
        .doFinally(_ -> {
          writing.dispose();
          done.run();
        })
        .subscribe(_ -> {}, e -> LOG.error("evidence was left unwritten at shutdown", e));
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Stops after the web server, whose sockets write their last evidence as they close.
  @Override
  public int getPhase() {
    return 0;
  }
}
