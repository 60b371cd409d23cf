package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.callbridge.agent.AgentException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class DeadAirTests {

  private static final Duration LIMIT = Duration.ofSeconds(8);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final DeadAir air = new DeadAir(LIMIT, nanos::get);

  @Test
  void nothingIsOwedToWhoSaysNothing() {
    pass(Duration.ofHours(1));
    isFine();
  }

  @Test
  void aGreetingThatDoesNotComeIsNoAudio() {
    air.owed();
    pass(LIMIT.minus(SECOND));
    isFine();
    pass(SECOND);
    isDead("no_audio");
  }

  @Test
  void anAnswerThatDoesNotComeIsDeadAir() {
    air.owed();
    air.spoken();
    pass(Duration.ofHours(1));
    isFine();
    air.owed();
    pass(LIMIT);
    isDead("dead_air");
  }

  @Test
  void aWordIsEnough() {
    air.owed();
    pass(LIMIT.minus(SECOND));
    air.spoken();
    pass(LIMIT);
    isFine();
  }

  @Test
  void whoGoesOnTalkingIsWaitedForButNotForEver() {
    air.owed();
    pass(LIMIT.minus(SECOND));
    air.owed();
    pass(LIMIT.minus(SECOND));
    isFine();
    air.owed();
    pass(SECOND.multipliedBy(2));
    isDead("no_audio");
  }

  @Test
  void whatAnAgentIsAtHasItsOwnTime() {
    air.owed();
    air.working();
    pass(DeadAir.TOOL_TIMEOUT.plus(LIMIT).minus(SECOND));
    isFine();
    pass(SECOND);
    isDead("no_audio");
  }

  @Test
  void afterItsAnswerTheAgentHasTheUsualTime() {
    air.owed();
    air.toolCalled();
    air.toolCalled();
    pass(LIMIT);
    air.toolAnswered();
    pass(LIMIT.multipliedBy(2));
    isFine();
    air.toolAnswered();
    pass(LIMIT.minus(SECOND));
    isFine();
    pass(SECOND);
    isDead("no_audio");
  }

  @Test
  void anAgentThatLeavesTheTurnToTheCallerOwesNothing() {
    air.owed();
    air.settled();
    pass(Duration.ofHours(1));
    isFine();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private void isFine() {
    assertThatCode(air::check).doesNotThrowAnyException();
  }

  private void isDead(String reason) {
    assertThatThrownBy(air::check)
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
