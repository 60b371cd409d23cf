package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

final class LinePulseTests {

  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final AtomicLong unsent = new AtomicLong();
  private final LinePulse pulse = new LinePulse(unsent::get, () -> false);

  @Test
  void aLineWithoutAudioIsDeadAfterTenSeconds() {
    StepVerifier.withVirtualTime(() -> pulse.lost(() -> {}))
        .expectSubscription()
        .then(pulse::beat)
        .expectNoEvent(LinePulse.LINE_TIMEOUT)
        .thenAwait(SECOND)
        .expectErrorSatisfies(e -> assertThat(reason(e)).isEqualTo("no_media"))
        .verify(SOON);
  }

  @Test
  void oneFrameNowAndThenKeepsItAlive() {
    var steps = StepVerifier.withVirtualTime(() -> pulse.lost(() -> {})).expectSubscription();
    for (int i = 0; i < 10; i++) {
      steps = steps.then(pulse::beat).expectNoEvent(LinePulse.LINE_TIMEOUT.minus(SECOND));
    }
    steps.thenCancel().verify(SOON);
  }

  @Test
  void aSocketThatTakesNothingIsDeadAfterFiveSeconds() {
    unsent.set(1_000);
    var steps = StepVerifier.withVirtualTime(() -> pulse.lost(() -> {})).expectSubscription();
    for (int i = 0; i < 4; i++) {
      steps = steps.then(pulse::beat).expectNoEvent(SECOND);
    }
    steps
        .then(pulse::beat)
        .thenAwait(SECOND.multipliedBy(2))
        .expectErrorSatisfies(e -> assertThat(reason(e)).isEqualTo("send_timeout"))
        .verify(SOON);
  }

  @Test
  void aSocketThatTakesALittleEachSecondIsAlive() {
    unsent.set(1_000_000);
    var steps = StepVerifier.withVirtualTime(() -> pulse.lost(() -> {})).expectSubscription();
    for (int i = 0; i < 30; i++) {
      steps =
          steps
              .then(() -> {
                pulse.beat();
                unsent.decrementAndGet();
              })
              .expectNoEvent(SECOND);
    }
    steps.thenCancel().verify(SOON);
  }

  private static String reason(Throwable e) {
    return ((LineException) e).reason();
  }
}
