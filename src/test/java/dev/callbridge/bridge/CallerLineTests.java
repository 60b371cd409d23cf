package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.agent.ToAgent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

final class CallerLineTests {

  private static final Duration SOON = Duration.ofSeconds(5);

  private final AtomicInteger dropped = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private final List<Long> timed = new ArrayList<>();
  private final CallerLine line = new CallerLine(dropped::incrementAndGet, nanos::get, timed::add);

  @Test
  void whoComesLateGetsWhatWaitedInOrder() {
    line.offer(frame(1));
    line.offer(message("pressed 1"));
    line.offer(frame(2));

    StepVerifier.create(line.map(CallerLineTests::name))
        .expectNext("frame 1", "pressed 1", "frame 2")
        .then(() -> line.offer(frame(3)))
        .expectNext("frame 3")
        .then(line::hangUp)
        .expectComplete()
        .verify(SOON);
    assertThat(dropped).hasValue(0);
  }

  @Test
  void oneFrameInFiftyIsTimedFromItsArrivalToTheAgent() {
    line.offer(frame(0));
    nanos.set(7);
    List<ToAgent> taken = new ArrayList<>();
    line.subscribe(taken::add);
    for (int i = 1; i <= RelayMeters.ONE_IN; i++) {
      line.offer(frame(i));
    }

    assertThat(taken).hasSize(RelayMeters.ONE_IN + 1);
    assertThat(timed).containsExactly(7L, 0L);
  }

  @Test
  void theOldestAudioGoesWhenTheAgentDoesNotTakeIt() {
    int max = CallerLine.MAX_WAITING_FRAMES;
    IntStream.range(0, max + 3).forEach(i -> line.offer(frame(i)));

    assertThat(dropped).hasValue(3);
    StepVerifier.create(line.map(CallerLineTests::name).take(max).collectList())
        .expectNext(IntStream.range(3, max + 3).mapToObj(i -> "frame " + i).toList())
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void messagesAreNotDroppedForAudio() {
    line.offer(message("first"));
    IntStream.range(0, 200).forEach(i -> line.offer(frame(i)));

    StepVerifier.create(line.map(CallerLineTests::name), 2)
        .expectNext("first", "frame 150")
        .thenCancel()
        .verify(SOON);
  }

  @Test
  void oneMessageTooManyIsRefused() {
    for (int i = 0; i < CallerLine.MAX_WAITING_MESSAGES; i++) {
      assertThat(line.offer(message("m" + i))).isTrue();
    }
    assertThat(line.offer(message("one more"))).isFalse();
    assertThat(line.offer(frame(1))).isTrue();
  }

  @Test
  void theAgentGetsNoMoreThanItAskedFor() {
    StepVerifier.create(line.map(CallerLineTests::name), 0)
        .expectSubscription()
        .then(() -> IntStream.range(0, 5).forEach(i -> line.offer(frame(i))))
        .thenRequest(2)
        .expectNext("frame 0", "frame 1")
        .thenRequest(1)
        .expectNext("frame 2")
        .thenCancel()
        .verify(SOON);
  }

  @Test
  void hangingUpCompletesAtOnceWhateverWaits() {
    IntStream.range(0, 5).forEach(i -> line.offer(frame(i)));

    StepVerifier.create(line, 0)
        .expectSubscription()
        .then(line::hangUp)
        .expectComplete()
        .verify(SOON);
    assertThat(line.offer(frame(6))).isFalse();
  }

  @Test
  void hangingUpBeforeTheAgentIsThereCompletesItToo() {
    line.offer(frame(1));
    line.hangUp();

    StepVerifier.create(line).expectComplete().verify(SOON);
  }

  @Test
  void anAgentThatLeftGetsNothingAndCostsNothing() {
    StepVerifier.create(line).thenCancel().verify(SOON);

    assertThat(line.offer(frame(1))).isFalse();
    line.hangUp();
  }

  @Test
  void whoTellsSomethingHearsOnceWhetherTheAgentTookIt() {
    List<Boolean> taken = new ArrayList<>();
    ToAgent withdrawn = message("withdrawn");
    line.tell(message("taken")).subscribe(taken::add);
    line.tell(withdrawn).subscribe(taken::add);
    line.tell(message("left over")).subscribe(taken::add);
    assertThat(line.withdraw(withdrawn)).isTrue();

    StepVerifier.create(line.map(CallerLineTests::name), 1)
        .expectNext("taken")
        .then(() -> assertThat(taken).containsExactly(true))
        .then(line::hangUp)
        .expectComplete()
        .verify(SOON);

    assertThat(taken).containsExactly(true, false);
    assertThat(line.withdraw(withdrawn)).isFalse();
    line.tell(message("too late")).subscribe(taken::add);
    assertThat(taken).containsExactly(true, false, false);
  }

  @Test
  void aLineHasOneAgent() {
    line.subscribe();

    StepVerifier.create(line).expectError(IllegalStateException.class).verify(SOON);
  }

  @Test
  void nothingIsLostOrReorderedBetweenTwoThreads() {
    int frames = 20_000;
    Flux<ToAgent> speaking =
        Flux.range(0, frames)
            .<ToAgent>map(CallerLineTests::frame)
            .doOnNext(line::offer)
            .doOnComplete(line::hangUp)
            .subscribeOn(Schedulers.parallel());

    List<Integer> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
    StepVerifier.create(
            line.publishOn(Schedulers.parallel(), 8)
                .doOnNext(m -> heard.add(Integer.parseInt(name(m).substring(6))))
                .mergeWith(speaking.ignoreElements())
                .then())
        .expectComplete()
        .verify(Duration.ofSeconds(20));
    assertThat(heard).isSorted().doesNotHaveDuplicates();
    assertThat(heard.size() + dropped.get()).isBetween(frames - 200, frames);
  }

  private static ToAgent frame(int number) {
    return new ToAgent.Audio(("frame " + number).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static ToAgent message(String text) {
    return new ToAgent.Context(text, null);
  }

  private static String name(ToAgent message) {
    return switch (message) {
      case ToAgent.Audio(var payload) ->
          new String(payload, java.nio.charset.StandardCharsets.UTF_8);
      case ToAgent.Context(var text, _) -> text;
      case ToAgent.Pressed(var key) -> key;
      case ToAgent.Played(var id) -> "" + id;
      case ToAgent.TakenOver _ -> "taken over";
      case ToAgent.HandedBack(var meanwhile) -> meanwhile;
      case ToAgent.Message(var text) -> text;
      case ToAgent.ToolResult(var id, _, _) -> id;
    };
  }
}
