package dev.callbridge.sockets;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

final class UncancelledTests {

  private static final Duration SOON = Duration.ofSeconds(5);

  private final TestPublisher<Integer> source = TestPublisher.create();
  private final Flux<Integer> uncancelled = new Uncancelled<>(source.flux());

  @Test
  void whatComesIsPassedOn() {
    StepVerifier.create(uncancelled)
        .then(() -> source.emit(1, 2))
        .expectNext(1, 2)
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void aReaderThatLeavesDoesNotCancelTheSource() {
    StepVerifier.create(uncancelled.take(1))
        .then(() -> source.next(1))
        .expectNext(1)
        .expectComplete()
        .verify(SOON);

    source.assertWasNotCancelled();
    source.next(2, 3).complete();
  }

  @Test
  void aSourceThatWasLeftIsReadToItsEnd() {
    StepVerifier.create(uncancelled, 1)
        .then(() -> source.next(1))
        .expectNext(1)
        .thenCancel()
        .verify(SOON);

    source.assertMinRequested(Long.MAX_VALUE - 1);
    source.assertWasNotCancelled();
  }

  @Test
  void demandReachesTheSource() {
    StepVerifier.create(uncancelled, 3)
        .expectSubscription()
        .then(() -> source.assertMaxRequested(3))
        .thenCancel()
        .verify(SOON);
  }

  @Test
  void anErrorIsPassedOn() {
    StepVerifier.create(uncancelled)
        .then(() -> source.error(new IllegalStateException("gone")))
        .expectErrorMessage("gone")
        .verify(SOON);
  }

  @Test
  void anErrorAfterTheReaderLeftIsNobodys() {
    StepVerifier.create(uncancelled.takeUntilOther(Mono.just(1))).expectComplete().verify(SOON);

    source.error(new IllegalStateException("gone"));
  }
}
