package dev.callbridge.call;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/// Carries what happens on the media path to the database, so that no frame waits for it and no
/// closing socket takes it along. Writes of one call keep their order.
@Component
public class EvidenceWriter implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(EvidenceWriter.class);

  private static final int LANES = 8;

  /// Entries that may wait in each lane, some thousands of calls' worth in all.
  private static final int MAX_WAITING = 8_192;

  private static final int MAX_BATCH = 64;
  private static final Duration BATCH_DELAY = Duration.ofMillis(20);
  private static final Duration CONTENTION = Duration.ofMillis(100);
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(10);
  private static final Retry RETRY =
      Retry.backoff(8, Duration.ofMillis(100)).maxBackoff(Duration.ofSeconds(2));

  private final CallStore calls;
  private final Transcripts transcripts;
  private final Counter lost;
  private List<Sinks.Many<Entry>> lanes = List.of();
  private Disposable.Composite writing = Disposables.composite();
  private Mono<Void> drained = Mono.empty();
  private volatile boolean running;

  EvidenceWriter(CallStore calls, Transcripts transcripts, MeterRegistry meters) {
    this.calls = calls;
    this.transcripts = transcripts;
    this.lost = meters.counter("callbridge.evidence.lost");
  }

  private sealed interface Entry {
    UUID callId();

    record Event(CallEvent event) implements Entry {
      @Override
      public UUID callId() {
        return event.callId();
      }
    }

    record Spoken(UUID callId, Turn turn) implements Entry {}
  }

  public void write(CallEvent event) {
    submit(new Entry.Event(event));
  }

  public void write(UUID callId, Turn turn) {
    submit(new Entry.Spoken(callId, turn));
  }

  private void submit(Entry entry) {
    Sinks.EmitResult result = Sinks.EmitResult.FAIL_CANCELLED;
    if (running) {
      Sinks.Many<Entry> lane = lanes.get(Math.floorMod(entry.callId().hashCode(), LANES));
      long deadline = System.nanoTime() + CONTENTION.toNanos();
      do {
        result = lane.tryEmitNext(entry);
      } while (result == Sinks.EmitResult.FAIL_NON_SERIALIZED && System.nanoTime() < deadline);
    }
    if (result.isFailure()) {
      lost.increment();
      LOG.error("call {}: evidence could not be queued ({})", entry.callId(), result);
    }
  }

  /// What came together is written together, one transaction a call: a busy database is asked less
  /// often, not more.
  private Mono<Void> store(List<Entry> batch) {
    Map<UUID, List<Entry>> calls =
        batch.stream()
            .collect(Collectors.groupingBy(Entry::callId, LinkedHashMap::new, Collectors.toList()));
    return Flux.fromIterable(calls.entrySet())
        .concatMap(entry -> store(entry.getKey(), entry.getValue()))
        .then();
  }

  private Mono<Void> store(UUID callId, List<Entry> entries) {
    List<CallEvent> events = new ArrayList<>();
    Map<Integer, Turn> turns = new LinkedHashMap<>();
    for (Entry entry : entries) {
      switch (entry) {
        case Entry.Event(var event) -> events.add(event);
        // What is known last of a turn is all that is known of it.
        case Entry.Spoken(_, var turn) -> turns.put(turn.position(), turn);
      }
    }
    Mono<?> spoken =
        Flux.fromIterable(turns.values()).concatMap(turn -> transcripts.put(callId, turn)).then();
    Mono<?> happened = events.isEmpty() ? Mono.empty() : calls.append(callId, events);
    return spoken
        .then(happened.then())
        .retryWhen(RETRY)
        .onErrorResume(e -> {
          lost.increment(entries.size());
          LOG.error("call {}: {} could not be stored: {}", callId, events, e.toString());
          return Mono.empty();
        });
  }

  @Override
  public synchronized void start() {
    lanes =
        IntStream.range(0, LANES)
            .<Sinks.Many<Entry>>mapToObj(_ ->
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
              .bufferTimeout(MAX_BATCH, BATCH_DELAY, true)
              .concatMap(this::store)
              .doFinally(_ -> end.tryEmitEmpty())
              .subscribe(_ -> {}, e -> LOG.error("the evidence writer has stopped", e)));
    }
    drained = Mono.when(ends.stream().map(Sinks.Empty::asMono).toList());
    running = true;
  }

  /// Takes no more, writes what is queued, then lets go.
  @Override
  public synchronized void stop(Runnable done) {
    running = false;
    lanes.forEach(Sinks.Many::tryEmitComplete);
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
