package dev.callbridge.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.CallState;
import dev.callbridge.call.Direction;
import dev.callbridge.call.EventLog;
import dev.callbridge.call.Position;
import io.r2dbc.spi.ConnectionFactories;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

final class SubscriberTests {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final StreamFilter ALL = new StreamFilter(null, Set.of(), Set.of(), null, false);

  private final LevelBoard board = new LevelBoard();

  private final FrameRing ring = new FrameRing(4);

  @Test
  void whatItHasReadBeforeIsNotSentAgain() {
    ring.open(new Position(10, 0));
    ring.append(List.of(event(10, 1), event(10, 2), event(11, 3)));
    Subscriber subscriber = subscriber(ALL, new Position(10, 2), LONG);

    assertThat(next(subscriber)).isEqualTo("11.3 ");
  }

  @Test
  void whoeverIsAheadOfTheRingIsNotToldAgainEither() {
    ring.open(new Position(10, 0));
    Subscriber subscriber = subscriber(ALL, new Position(11, 3), LONG);
    ring.append(List.of(event(10, 1), event(11, 3), event(11, 4)));

    assertThat(next(subscriber)).isEqualTo("11.4 ");
  }

  @Test
  void anEventThatComesWhileItWaitsWakesIt() {
    ring.open(Position.START);
    Subscriber subscriber = subscriber(ALL, Position.START, LONG);

    StepVerifier.create(piece(subscriber))
        .then(() -> {
          ring.append(List.of(event(1, 1)));
          subscriber.wake();
        })
        .expectNext("1.1 ")
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void oneThatTheRingHasLeftBehindIsToldSoAndEnds() {
    ring.open(Position.START);
    ring.append(List.of(event(1, 1)));
    Subscriber subscriber = subscriber(ALL, Position.START, LONG);
    List<String> heard = new ArrayList<>();

    StepVerifier.create(
            subscriber.pieces().concatMap(SubscriberTests::text, 0).doOnNext(heard::add), 1)
        .expectNext("1.1 ")
        .then(() -> {
          IntStream.range(2, 9).forEach(i -> ring.append(List.of(event(1, i))));
          subscriber.wake();
        })
        .thenRequest(2)
        .assertNext(last -> assertThat(last).contains("event: resync", "TOO_SLOW"))
        .expectComplete()
        .verify(SOON);

    assertThat(heard).hasSize(2);
  }

  @Test
  void oneThatDoesNotTakeItsPieceHasStalled() {
    ring.open(Position.START);
    ring.append(List.of(event(1, 1)));
    Subscriber subscriber = subscriber(ALL, Position.START, LONG);
    assertThat(subscriber.isStalled(Duration.ZERO)).isFalse();

    next(subscriber);

    assertThat(subscriber.isStalled(LONG)).isFalse();
    assertThat(subscriber.isStalled(Duration.ZERO)).isTrue();
    IntStream.range(2, 9).forEach(i -> ring.append(List.of(event(1, i))));
    assertThat(subscriber.isStalled(LONG)).isTrue();
  }

  @Test
  void aSilentStreamHasAHeartbeat() {
    ring.open(Position.START);

    assertThat(next(subscriber(ALL, Position.START, Duration.ZERO))).startsWith(":");
  }

  @Test
  void lastWordsAreTheLast() {
    ring.open(Position.START);
    Subscriber subscriber = subscriber(ALL, Position.START, LONG);

    StepVerifier.create(subscriber.pieces().concatMap(SubscriberTests::text, 0))
        .then(() -> subscriber.end("goodbye".getBytes(UTF_8)))
        .expectNext("goodbye")
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void aRingKeepsToItsBytesToo() {
    FrameRing large = new FrameRing(4096);
    large.open(Position.START);
    for (int i = 1; i <= 40; i++) {
      large.append(List.of(frame(new Position(1, i), new byte[1 << 20])));
    }

    assertThat(large.read(0, 100).size()).isBetween(10, 17);
    assertThat(large.seek(new Position(1, 5))).isEqualTo(-1);
    assertThat(large.seek(new Position(1, 39))).isPositive();
  }

  @Test
  void levelsAreShownToWhoWantsThemAndOnlyTheLatest() {
    UUID call = new UUID(1, 1);
    ring.open(Position.START);
    StreamFilter levels = new StreamFilter(null, Set.of(), Set.of(), null, true);
    Subscriber wants = subscriber(levels, Position.START, Duration.ofSeconds(20));
    Subscriber other = subscriber(ALL, Position.START, Duration.ofMillis(1));

    board.take(LevelBoard.line(call, 10, 20), 0);
    board.take("no line\n" + LevelBoard.line(call, 30, 40) + "x 1 2\n", 0);

    assertThat(next(wants))
        .isEqualTo(
            "event: levels\ndata: {\"%s\":{\"caller\":30,\"agent\":40}}\n\n".formatted(call));
    assertThat(next(other)).startsWith(": still here");
    assertThat(board.forget(Duration.ofSeconds(3).toNanos())).isTrue();
    assertThat(next(wants)).isEqualTo("event: levels\ndata: {}\n\n");
  }

  private Subscriber subscriber(StreamFilter filter, Position from, Duration heartbeat) {
    // Nobody connects: the ring has all that is asked for.
    var nowhere = ConnectionFactories.get("r2dbc:postgresql://nobody@127.0.0.1:1/none");
    var subscriber =
        new Subscriber(
            filter,
            ring,
            new EventLog(DatabaseClient.create(nowhere)),
            board,
            Schedulers.parallel(),
            heartbeat);
    subscriber.beginWith(Collections.emptyIterator(), from);
    return subscriber;
  }

  private static String next(Subscriber subscriber) {
    return piece(subscriber).blockOptional(SOON).orElseThrow();
  }

  private static Mono<String> piece(Subscriber subscriber) {
    return subscriber.pieces().next().flatMap(SubscriberTests::text);
  }

  private static Mono<String> text(Publisher<byte[]> piece) {
    return Mono.from(piece).map(bytes -> new String(bytes, UTF_8));
  }

  private static Frame event(long xact, long id) {
    return frame(new Position(xact, id), (xact + "." + id + " ").getBytes(UTF_8));
  }

  private static Frame frame(Position position, byte[] bytes) {
    return new Frame(
        position,
        new UUID(0, 1),
        CallState.CREATED,
        CallState.CREATED,
        "default",
        Direction.INBOUND,
        bytes);
  }
}
