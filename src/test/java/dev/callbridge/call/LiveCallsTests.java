package dev.callbridge.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// How many calls there may be, counted from the moment a stream is asked for.
final class LiveCallsTests {

  private static final UUID FIRST = new UUID(0, 1);
  private static final UUID SECOND = new UUID(0, 2);
  private static final UUID THIRD = new UUID(0, 3);

  private final LiveCalls live =
      new LiveCalls(new RelaySettings(2, Duration.ofSeconds(1)), new SimpleMeterRegistry());

  @Test
  void thoseWhoComeTogetherAreCountedTogether() {
    assertThat(live.expect(FIRST)).isTrue();
    assertThat(live.expect(SECOND)).isTrue();
    assertThat(live.expect(THIRD)).isFalse();
    assertThat(live.expect(FIRST)).as("asked again").isTrue();

    // The stream that was expected takes the room that was kept for it, not more.
    LiveCalls.Permit permit = live.admit(FIRST).orElseThrow();
    assertThat(live.expect(THIRD)).isFalse();
    permit.giveBack();
    assertThat(live.expect(THIRD)).isTrue();
  }

  @Test
  void nobodyIsExpectedWhileNoMoreAreTaken() {
    live.refuseMore();
    assertThat(live.expect(FIRST)).isFalse();
    assertThat(live.admit(FIRST)).isEmpty();
  }

  @Test
  void aStreamThatIsGivenUpIsToldSo() {
    var ended = live.enter(new LiveCalls.Connection(FIRST, "CA1", "MZ1", Instant.EPOCH)).toFuture();
    live.giveUp(SECOND);
    assertThat(ended).isNotDone();

    live.giveUp(FIRST);
    assertThat(ended).isDone();
  }
}
