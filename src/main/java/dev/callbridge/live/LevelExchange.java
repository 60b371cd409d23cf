package dev.callbridge.live;

import dev.callbridge.call.VoiceLevels;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Instances tell each other how loud their calls are, by the database and for as long as one of
/// them says that somebody looks. Nobody stores it.
@Component
class LevelExchange implements SmartLifecycle {

  static final String CHANNEL = "callbridge_levels";

  private static final Logger LOG = LoggerFactory.getLogger(LevelExchange.class);
  private static final String WANTED = "wanted";
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final long ASK_EVERY = Duration.ofSeconds(2).toNanos();
  private static final long WANTED_FOR = Duration.ofSeconds(5).toNanos();

  private final VoiceLevels levels;
  private final LevelBoard board;
  private final Subscribers subscribers;
  private final StreamParts parts;
  private volatile long askedAt = System.nanoTime() - ASK_EVERY;
  private volatile long wantedAt = System.nanoTime() - WANTED_FOR;
  private Disposable ticking = Disposables.disposed();

  LevelExchange(VoiceLevels levels, LevelBoard board, Subscribers subscribers, StreamParts parts) {
    this.levels = levels;
    this.board = board;
    this.subscribers = subscribers;
    this.parts = parts;
  }

  /// Somebody has said something on the channel; also this instance.
  void heard(String payload) {
    if (payload.equals(WANTED)) {
      wantedAt = System.nanoTime();
    } else {
      board.take(payload, System.nanoTime());
      subscribers.wakeForLevels();
    }
  }

  private Mono<Void> tick() {
    long now = System.nanoTime();
    boolean wanted = now - wantedAt < WANTED_FOR;
    levels.want(wanted);
    if (board.forget(now)) {
      subscribers.wakeForLevels();
    }
    Mono<Void> ask = Mono.empty();
    if (subscribers.wantLevels() && now - askedAt >= ASK_EVERY) {
      askedAt = now;
      ask = say(WANTED);
    }
    return wanted ? ask.then(say(readings())) : ask;
  }

  private String readings() {
    StringBuilder lines = new StringBuilder();
    for (VoiceLevels.Metered each : levels.newest(LevelBoard.MOST)) {
      VoiceLevels.Meter meter = each.meter();
      lines.append(LevelBoard.line(each.call(), meter.caller(), meter.agent()));
    }
    return lines.toString();
  }

  /// While the database is away nobody sees a level.
  private Mono<Void> say(String payload) {
    return payload.isEmpty()
        ? Mono.empty()
        : parts
            .past()
            .database()
            .sql("SELECT pg_notify(:channel, :payload)")
            .bind("channel", CHANNEL)
            .bind("payload", payload)
            .then()
            .timeout(TIMEOUT)
            .onErrorResume(e -> {
              LOG.debug("levels are not told", e);
              return Mono.empty();
            });
  }

  @Override
  public synchronized void start() {
    ticking =
        Flux.interval(TICK, parts.scheduler())
            .onBackpressureDrop()
            .concatMap(_ -> tick(), 1)
            .subscribe(_ -> {}, e -> LOG.error("levels are no longer told", e));
  }

  @Override
  public synchronized void stop() {
    ticking.dispose();
  }

  @Override
  public synchronized boolean isRunning() {
    return !ticking.isDisposed();
  }

  /// After the web server has let go of its subscribers.
  @Override
  public int getPhase() {
    return 0;
  }
}
