package dev.callbridge.live;

import dev.callbridge.call.CommandBell;
import dev.callbridge.call.EventLog;
import dev.callbridge.call.EventLog.Page;
import dev.callbridge.call.Position;
import dev.callbridge.call.TurnLog;
import io.r2dbc.postgresql.api.Notification;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.postgresql.api.PostgresqlResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.r2dbc.connection.SingleConnectionFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Reads what is new once for all subscribers: when the database says so, and every second or so in
/// any case. One connection of its own does both, so that one that is dead is noticed by the next
/// look. What it hears on the side, how loud calls are and that there are commands, it passes on.
@Component
class Tailer implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(Tailer.class);

  /// What comes within this goes out together. Longer the more there are to write it to, whose
  /// writes are done by the threads that carry calls; longest where there is nobody.
  private static final Duration GAP = Duration.ofMillis(20);

  private static final Duration GAP_PER_SUBSCRIBER = Duration.ofNanos(250_000);
  private static final Duration LONGEST_GAP = Duration.ofMillis(250);

  /// While something waits for another transaction to end, which nobody announces.
  private static final Duration HELD_UP = Duration.ofMillis(25);

  /// After so long it waits for one that will not end soon.
  private static final Duration HELD_UP_LONG_AFTER = Duration.ofSeconds(1);

  private static final Duration HELD_UP_LONG = Duration.ofMillis(250);
  private static final Duration WORTH_A_WORD = Duration.ofSeconds(5);
  private static final Duration CLOSE = Duration.ofSeconds(2);
  private static final int PAGE = 200;
  private static final List<String> CHANNELS =
      List.of(EventLog.CHANNEL, LevelExchange.CHANNEL, CommandBell.CHANNEL);

  private final Duration poll;
  private final StreamParts parts;
  private final Subscribers subscribers;
  private final LevelExchange levels;
  private final CommandBell commands;
  private @Nullable Position position;
  private long turnsFrom;
  private long heldUpSince;
  private boolean warned;
  private Disposable running = Disposables.disposed();

  Tailer(
      StreamSettings settings,
      StreamParts parts,
      Subscribers subscribers,
      LevelExchange levels,
      CommandBell commands) {
    poll = settings.poll();
    this.parts = parts;
    this.subscribers = subscribers;
    this.levels = levels;
    this.commands = commands;
  }

  private record Logs(EventLog events, TurnLog turns) {}

  /// Lasts as long as the connection.
  private Flux<Page> follow(PostgresqlConnection connection) {
    var database =
        DatabaseClient.create(new SingleConnectionFactory(connection, () -> "PostgreSQL", true));
    Logs logs = new Logs(new EventLog(database), new TurnLog(database));
    Mono<Void> listen =
        connection
            .createStatement("LISTEN " + String.join("; LISTEN ", CHANNELS))
            .execute()
            .flatMap(PostgresqlResult::getRowsUpdated)
            .then()
            .timeout(CLOSE);
    Flux<Object> signals =
        Flux.merge(
                connection.getNotifications().filter(this::isOfTheStream),
                Flux.interval(poll, parts.scheduler()))
            .startWith(0L)
            .onBackpressureLatest();
    return listen
        .then(Mono.defer(() -> position == null ? begin(logs) : Mono.empty()))
        .thenMany(signals.concatMap(_ -> catchUp(logs), 1));
  }

  private boolean isOfTheStream(Notification notification) {
    String channel = notification.getName();
    if (channel.equals(LevelExchange.CHANNEL)) {
      levels.heard(String.valueOf(notification.getParameter()));
    } else if (channel.equals(CommandBell.CHANNEL)) {
      commands.ring(notification.getParameter());
    }
    return channel.equals(EventLog.CHANNEL);
  }

  private Mono<Void> begin(Logs logs) {
    return logs.events()
        .head()
        .doOnNext(head -> {
          position = head;
          turnsFrom = head.xact();
          parts.ring().open(head);
          subscribers.wakeAll();
        })
        .then();
  }

  private Flux<Page> catchUp(Logs logs) {
    return read(logs)
        .expand(page -> page.isFull() || page.isHeldUp() ? again(logs, page) : Mono.empty())
        .concatWith(Mono.defer(() -> Mono.delay(gap(), parts.scheduler()).then(Mono.empty())));
  }

  private Duration gap() {
    int watching = subscribers.count();
    if (watching == 0) {
      return LONGEST_GAP;
    }
    Duration gap = GAP.plus(GAP_PER_SUBSCRIBER.multipliedBy(watching));
    return gap.compareTo(LONGEST_GAP) < 0 ? gap : LONGEST_GAP;
  }

  private Mono<Page> again(Logs logs, Page page) {
    if (page.isFull()) {
      return read(logs);
    }
    Duration pause = heldUpFor().compareTo(HELD_UP_LONG_AFTER) < 0 ? HELD_UP : HELD_UP_LONG;
    return Mono.delay(pause, parts.scheduler()).then(read(logs));
  }

  private Mono<Page> read(Logs logs) {
    return Mono.defer(() -> {
      Position from = position == null ? Position.START : position;
      return logs.events()
          .after(from, null, PAGE)
          .zipWhen(_ -> logs.turns().from(turnsFrom))
          .publishOn(parts.scheduler())
          .map(read -> {
            take(read.getT1(), read.getT2());
            return read.getT1();
          });
    });
  }

  private void take(Page page, TurnLog.Turns turns) {
    List<Frame> frames = new ArrayList<>();
    page.events().forEach(event -> frames.add(Frames.event(event)));
    turns.turns().forEach(turn -> frames.add(Frames.turn(turn)));
    position = page.next();
    turnsFrom = turns.next();
    if (!frames.isEmpty()) {
      parts.ring().append(frames);
      subscribers.wakeAll();
    }
    watchTransactions(page.isHeldUp());
  }

  private void watchTransactions(boolean heldUp) {
    if (!heldUp) {
      heldUpSince = 0;
      warned = false;
    } else if (heldUpSince == 0) {
      heldUpSince = System.nanoTime();
    } else if (!warned && heldUpFor().compareTo(WORTH_A_WORD) > 0) {
      warned = true;
      LOG.warn("events wait for a transaction that has been open for more than {}", WORTH_A_WORD);
    }
  }

  private Duration heldUpFor() {
    return heldUpSince == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - heldUpSince);
  }

  private static Publisher<Void> close(PostgresqlConnection connection) {
    return connection.close().timeout(CLOSE).onErrorComplete();
  }

  @Override
  public synchronized void start() {
    running =
        Flux.usingWhen(parts.connect(), this::follow, Tailer::close)
            .concatWith(Mono.error(() -> new IllegalStateException("the connection is closed")))
            .retryWhen(
                Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(200))
                    .maxBackoff(Duration.ofSeconds(2))
                    .transientErrors(true)
                    .scheduler(parts.scheduler())
                    .doBeforeRetry(
                        failed -> LOG.warn("the stream waits: {}", failed.failure().toString())))
            .subscribe(_ -> {}, e -> LOG.error("the stream stands still", e));
  }

  @Override
  public synchronized void stop() {
    running.dispose();
  }

  @Override
  public synchronized boolean isRunning() {
    return !running.isDisposed();
  }

  /// After the web server has let go of its subscribers.
  @Override
  public int getPhase() {
    return 0;
  }
}
