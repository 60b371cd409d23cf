package dev.callbridge.sandbox.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a caller hears, and when the server is told so.
class SandboxPlaybackTest {
  private final Playback playback = new Playback();
  private final byte[] frame = new byte[160];

  @Test
  void aMarkIsDueWhenTheSoundBeforeItHasPlayed() {
    playback.add(piece(320));
    assertThat(playback.mark("end")).isEmpty();
    assertThat(playback.takeReached()).isEmpty();
    assertThat(playback.drain(frame)).isEqualTo(160);
    assertThat(playback.takeReached()).isEmpty();
    assertThat(playback.drain(frame)).isEqualTo(160);
    assertThat(playback.takeReached()).containsExactly("end");
    assertThat(playback.drain(frame)).isZero();
  }

  @Test
  void aMarkInMidFrameWaitsForTheFrame() {
    playback.add(piece(100));
    playback.mark("first");
    playback.add(piece(100));
    playback.mark("second");
    assertThat(playback.drain(frame)).isEqualTo(160);
    assertThat(playback.mark("third")).isEmpty();
    assertThat(playback.takeReached()).containsExactly("first");
    assertThat(playback.drain(frame)).isEqualTo(40);
    assertThat(playback.takeReached()).containsExactly("second", "third");
  }

  @Test
  void aMarkOnAnEmptyBufferIsDueAtOnce() {
    assertThat(playback.mark("now")).containsExactly("now");
  }

  @Test
  void clearReturnsEveryOutstandingMarkInOrder() {
    Piece heard = piece(100);
    Piece interrupted = piece(1000);
    Piece unheard = piece(50);
    playback.add(heard);
    playback.mark("heard");
    playback.add(interrupted);
    playback.mark("interrupted");
    playback.add(unheard);
    playback.mark("unheard");
    playback.drain(frame);

    assertThat(playback.clear()).containsExactly("heard", "interrupted", "unheard");
    assertThat(playback.drain(frame)).isZero();
    assertThat(playback.takeReached()).isEmpty();
    assertThat(List.of(heard.snapshot(), interrupted.snapshot(), unheard.snapshot()))
        .extracting(SandboxCall.Received::played, SandboxCall.Received::cleared)
        .containsExactly(tuple(100, 0), tuple(60, 940), tuple(0, 50));
  }

  @Test
  void soundPastTenMinutesIsDropped() {
    assertThat(playback.add(piece(Playback.CAPACITY))).isTrue();
    Piece late = piece(1);
    assertThat(playback.add(late)).isFalse();
    assertThat(late.snapshot().dropped()).isTrue();
    playback.drain(frame);
    assertThat(playback.add(piece(160))).isTrue();
  }

  private static Piece piece(int bytes) {
    return new Piece(Duration.ZERO, new byte[bytes]);
  }
}
