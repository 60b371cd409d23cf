package dev.callbridge.telephony;

import static dev.callbridge.telephony.SetUpQueue.MAX_WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

final class SetUpQueueTests {

  private static final int AT_ONCE = 8;
  private static final Duration LONG = Duration.ofMinutes(5);

  private boolean isDatabaseAway;
  private final SetUpQueue queue = new SetUpQueue(2 * AT_ONCE, () -> isDatabaseAway);
  private final List<Integer> begun = new ArrayList<>();
  private final List<Integer> done = new ArrayList<>();
  private final List<Throwable> failed = new ArrayList<>();
  private final List<Sinks.One<Integer>> answers = new ArrayList<>();
  private final Disposable.Composite all = Disposables.composite();

  @AfterEach
  void stop() {
    all.dispose();
  }

  private Disposable come(int caller) {
    Sinks.One<Integer> answer = Sinks.one();
    answers.add(answer);
    Disposable coming =
        queue
            .inTurn(answer.asMono().doOnSubscribe(_ -> begun.add(caller)), LONG)
            .subscribe(done::add, failed::add);
    all.add(coming);
    return coming;
  }

  private void answer(int caller) {
    answers.get(caller).tryEmitValue(caller).orThrow();
  }

  private static List<Integer> upTo(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  @Test
  void aFewAreSetUpAtOnceAndTheOthersInTheOrderInWhichTheyCame() {
    IntStream.range(0, AT_ONCE + 3).forEach(this::come);
    assertThat(begun).isEqualTo(upTo(AT_ONCE));

    answer(3);
    assertThat(done).containsExactly(3);
    assertThat(begun).isEqualTo(upTo(AT_ONCE + 1));

    answer(0);
    answer(1);
    assertThat(begun).isEqualTo(upTo(AT_ONCE + 3));
  }

  @Test
  void whoFailsOrHangsUpMakesRoom() {
    List<Disposable> callers = IntStream.range(0, AT_ONCE + 3).mapToObj(this::come).toList();

    answers.get(0).tryEmitError(new IllegalStateException("no database")).orThrow();
    assertThat(failed).hasSize(1);
    assertThat(begun).isEqualTo(upTo(AT_ONCE + 1));

    callers.get(1).dispose();
    assertThat(begun).isEqualTo(upTo(AT_ONCE + 2));
  }

  @Test
  void whoHangsUpInTheQueueIsNotSetUp() {
    List<Disposable> callers = IntStream.range(0, AT_ONCE + 2).mapToObj(this::come).toList();

    callers.get(AT_ONCE).dispose();
    answer(0);

    assertThat(begun).endsWith(AT_ONCE + 1).doesNotContain(AT_ONCE);
  }

  @Test
  void theQueueHasAnEnd() {
    IntStream.range(0, AT_ONCE + MAX_WAITING).forEach(this::come);
    assertThat(failed).isEmpty();

    come(AT_ONCE + MAX_WAITING);

    assertThat(failed).singleElement().isInstanceOf(CrowdedException.class);
  }

  @Test
  void whoseTurnDoesNotComeWasTooManyAndWhoHasItWaitsForSomethingElse() {
    Duration soon = Duration.ofMillis(50);
    Mono<Integer> stuck = Mono.never();
    StepVerifier.create(queue.inTurn(stuck, soon))
        .expectError(TimeoutException.class)
        .verify(Duration.ofSeconds(15));

    IntStream.range(0, AT_ONCE).forEach(this::come);

    StepVerifier.create(queue.inTurn(stuck, soon))
        .expectError(CrowdedException.class)
        .verify(Duration.ofSeconds(15));
  }

  @Test
  void nobodyWaitsInLineForADatabaseThatIsAway() {
    isDatabaseAway = true;

    IntStream.range(0, AT_ONCE * 2).forEach(this::come);

    assertThat(begun).isEqualTo(upTo(AT_ONCE * 2));
  }

  @Test
  void whatHasNoAnswerHasNone() {
    List<String> heard = new ArrayList<>();

    all.add(
        queue
            .inTurn(Mono.<String>empty(), LONG)
            .subscribe(heard::add, failed::add, () -> heard.add("end")));

    assertThat(heard).containsExactly("end");
  }
}
