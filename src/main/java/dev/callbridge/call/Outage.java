package dev.callbridge.call;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// The time while the database is away: evidence goes to the journal, and is replayed in order
/// until none is left there. Only then does evidence go straight to the database again.
final class Outage {

  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

  private static final Duration FIRST_TRY = Duration.ofMillis(500);
  private static final Duration LAST_TRY = Duration.ofSeconds(2);
  private static final int CHUNK = 1 << 18;

  private final Path directory;
  private final Function<List<EvidenceEntry>, Mono<Void>> database;

  /// The journal's thread: all that touches the file happens there, one thing at a time.
  private @Nullable Scheduler disk;

  private @Nullable EvidenceJournal journal;
  private volatile boolean on;

  Outage(Path directory, Function<List<EvidenceEntry>, Mono<Void>> database, MeterRegistry meters) {
    this.directory = directory;
    this.database = database;
    Gauge.builder("callbridge.evidence.outage", this, it -> it.on ? 1 : 0)
        .description("1 while evidence goes to the journal")
        .register(meters);
  }

  boolean isOn() {
    return on;
  }

  /// Completes once the entries are on the disk.
  Mono<Void> keep(List<EvidenceEntry> entries) {
    return onDisk(
            () -> {
              on = true;
              journal().append(entries);
              return entries;
            })
        .then();
  }

  /// Opens the journal, which may hold what an earlier process could not store, and watches it.
  Disposable start() {
    Scheduler thread = Schedulers.newSingle("evidence-journal");
    disk = thread;
    try {
      EvidenceJournal opened = EvidenceJournal.open(directory);
      journal = opened;
      on = !opened.isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException("callbridge.journal.directory: " + directory, e);
    }
    Disposable replaying =
        Mono.defer(this::replay)
            .thenReturn(FIRST_TRY)
            .onErrorResume(e -> {
              LOG.warn("the journal cannot be replayed yet: {}", e.toString());
              return Mono.just(LAST_TRY);
            })
            .flatMap(pause -> Mono.delay(pause, thread))
            .repeat()
            .subscribe(_ -> {}, e -> LOG.error("the journal is no longer replayed", e));
    return Disposables.composite(replaying, this::close, thread);
  }

  private Mono<Void> replay() {
    if (!on) {
      return Mono.empty();
    }
    return onDisk(() -> journal().next(CHUNK))
        .flatMap(batch ->
            database
                .apply(batch.entries())
                .then(
                    onDisk(() -> {
                      journal().replayed(batch);
                      on = !journal().isEmpty();
                      if (!on) {
                        LOG.info("the database is back, and all evidence in it");
                      }
                      return on;
                    })))
        .repeat(() -> on)
        .then();
  }

  private <T> Mono<T> onDisk(Callable<T> task) {
    return Mono.fromCallable(task).subscribeOn(Objects.requireNonNull(disk));
  }

  private EvidenceJournal journal() {
    return Objects.requireNonNull(journal);
  }

  private void close() {
    try {
      journal().close();
    } catch (IOException e) {
      LOG.warn("the journal was not closed", e);
    }
  }
}
