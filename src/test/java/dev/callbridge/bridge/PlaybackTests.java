package dev.callbridge.bridge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.agent.FromAgent;
import dev.callbridge.call.Turn;
import dev.callbridge.twilio.ToTwilio;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

final class PlaybackTests {

  private static final Duration SOON = Duration.ofSeconds(5);

  private final AtomicLong nanos = new AtomicLong();
  private final List<Turn> turns = new ArrayList<>();
  private final Transcript transcript = new Transcript(0, Clock.systemUTC(), turns::add);
  private final Playback playback = new Playback("MZ1", transcript, nanos::get);

  @Test
  void everyStretchIsFollowedByAMarkOfItsOwn() {
    assertThat(marks(playback.play(audio(1, 500)))).containsExactly("1:0");
    assertThat(marks(playback.play(audio(1, 500)))).containsExactly("1:1");
    List<ToTwilio> third = playback.play(audio(2, 500));
    assertThat(third.getFirst())
        .isInstanceOfSatisfying(
            ToTwilio.Media.class,
            media -> {
              assertThat(media.streamSid()).isEqualTo("MZ1");
              assertThat(media.payload()).isEqualTo(audio(2, 500).payload());
            });
    assertThat(third.getLast()).isEqualTo(new ToTwilio.Mark("MZ1", "2:2"));
  }

  @Test
  void anInterruptionClearsAndLetsOnlyLaterAudioThrough() {
    playback.play(audio(3, 500));

    assertThat(playback.interrupt(new FromAgent.Interruption(3)))
        .containsExactly(new ToTwilio.Clear("MZ1"));
    assertThat(playback.play(audio(3, 500))).isEmpty();
    assertThat(playback.play(audio(2, 500))).isEmpty();
    assertThat(playback.play(audio(4, 500))).hasSize(2);
  }

  @Test
  void anEarlierInterruptionDoesNotUndoALaterOne() {
    playback.interrupt(new FromAgent.Interruption(5));
    playback.interrupt(new FromAgent.Interruption(2));

    assertThat(playback.play(audio(5, 500))).isEmpty();
    assertThat(playback.play(audio(6, 500))).isNotEmpty();
  }

  @Test
  void anEventIdOfZeroIsAnEventLikeAnyOther() {
    assertThat(playback.play(audio(0, 500))).hasSize(2);
    playback.interrupt(new FromAgent.Interruption(0));
    assertThat(playback.play(audio(0, 500))).isEmpty();
  }

  @Test
  void whatIsNotOutstandingSaysNothingWhenItsMarkComesBack() {
    transcript.agentSaid("One two.");
    playback.play(audio(1, 1_000));
    playback.interrupt(new FromAgent.Interruption(1));
    playback.markReturned("1:0");
    playback.markReturned("never:sent");

    assertThat(turns.getLast().heard()).isEmpty();
    assertThat(turns.getLast().interrupted()).isTrue();
  }

  @Test
  void onlyTheTimeThatPassedWasHeardOfWhatWasCutShort() {
    transcript.agentSaid("aaaa bbbb cccc dddd eeee");
    playback.play(audio(1, 1_000));
    playback.play(audio(1, 1_000));
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_000));
    playback.markReturned("1:0");
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(250));
    playback.interrupt(new FromAgent.Interruption(1));

    assertThat(turns.getLast().heard()).isEqualTo("aaaa bbbb cccc");
  }

  @Test
  void whatIsOutstandingPlaysButNotForEver() {
    assertThat(playback.isPlaying()).isFalse();
    playback.play(audio(1, 500));
    assertThat(playback.isPlaying()).isTrue();
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(500) + Playback.MARK_GRACE.toNanos());
    assertThat(playback.isPlaying()).isFalse();
    playback.markReturned("1:0");
    playback.play(audio(2, 500));
    assertThat(playback.isPlaying()).isTrue();
    playback.interrupt(new FromAgent.Interruption(2));
    assertThat(playback.isPlaying()).isFalse();
  }

  @Test
  void aMarkStandsForAllBeforeIt() {
    transcript.agentSaid("All of it.");
    playback.play(audio(1, 500));
    playback.play(audio(1, 500));
    playback.markReturned("1:1");

    assertThat(turns.getLast().heard()).isEqualTo("All of it.");
  }

  @Test
  void theGoodbyeIsWaitedForUntilItHasPlayed() {
    playback.play(audio(1, 60_000));

    StepVerifier.create(playback.played())
        .expectSubscription()
        .then(() -> playback.markReturned("1:0"))
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void nothingOutstandingIsNotWaitedFor() {
    StepVerifier.create(playback.played()).expectComplete().verify(SOON);
  }

  @Test
  void aMarkThatDoesNotComeBackIsGivenUpOnceItCannotBePlaying() {
    playback.play(audio(1, 3_000));
    playback.play(audio(1, 2_000));
    Duration bound = Duration.ofSeconds(5).plus(Playback.MARK_GRACE);

    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    var played = playback.played(time).toFuture();

    time.advanceTimeBy(bound.minusMillis(1));
    assertThat(played).isNotDone();
    time.advanceTimeBy(Duration.ofMillis(1));
    assertThat(played).isCompleted();
  }

  @Test
  void aLineThatIsCutOffEndsTheWaiting() {
    transcript.agentSaid("Good bye.");
    playback.play(audio(1, 1_000));
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(5_000));

    StepVerifier.create(playback.played()).then(playback::cutOff).expectComplete().verify(SOON);
    assertThat(turns.getLast().interrupted()).isTrue();
  }

  private static List<String> marks(List<ToTwilio> messages) {
    return messages.stream()
        .filter(ToTwilio.Mark.class::isInstance)
        .map(message -> ((ToTwilio.Mark) message).name())
        .toList();
  }

  private static FromAgent.Audio audio(long eventId, int millis) {
    byte[] payload = Base64.getEncoder().encodeToString(new byte[millis * 8]).getBytes(ISO_8859_1);
    return new FromAgent.Audio(eventId, payload, null);
  }
}
