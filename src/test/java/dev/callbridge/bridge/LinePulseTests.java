package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

final class LinePulseTests {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final AtomicLong unsent = new AtomicLong();

  /// Its own: one for the whole process would stop the clocks of everything else that runs.
  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

  private final LinePulse pulse = new LinePulse(unsent::get, () -> false, time);
  private final CompletableFuture<@Nullable Void> lost = pulse.lost(() -> {}).toFuture();

  @Test
  void aLineWithoutAudioIsDeadAfterTenSeconds() {
    pulse.beat();

    time.advanceTimeBy(LinePulse.LINE_TIMEOUT);
    assertThat(lost).isNotDone();
    time.advanceTimeBy(SECOND);
    assertIsLostFor("no_media");
  }

  @Test
  void oneFrameNowAndThenKeepsItAlive() {
    for (int i = 0; i < 10; i++) {
      pulse.beat();
      time.advanceTimeBy(LinePulse.LINE_TIMEOUT.minus(SECOND));
    }
    assertThat(lost).isNotDone();
  }

  @Test
  void aSocketThatTakesNothingIsDeadAfterFiveSeconds() {
    unsent.set(1_000);
    for (int i = 0; i < 4; i++) {
      pulse.beat();
      time.advanceTimeBy(SECOND);
      assertThat(lost).isNotDone();
    }
    pulse.beat();
    time.advanceTimeBy(SECOND.multipliedBy(2));
    assertIsLostFor("send_timeout");
  }

  @Test
  void aSocketThatTakesALittleEachSecondIsAlive() {
    unsent.set(1_000_000);
    for (int i = 0; i < 30; i++) {
      pulse.beat();
      unsent.decrementAndGet();
      time.advanceTimeBy(SECOND);
    }
    assertThat(lost).isNotDone();
  }

  private void assertIsLostFor(String reason) {
    assertThat(lost).isCompletedExceptionally();
    assertThatThrownBy(lost::join)
        .cause()
        .asInstanceOf(InstanceOfAssertFactories.type(LineException.class))
        .extracting(LineException::reason)
        .isEqualTo(reason);
  }
}
