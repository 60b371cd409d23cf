package dev.callbridge.bridge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.twilio.ToTwilio;
import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class FirstHeardTests {

  private static final Instant SENT = Instant.parse("2026-01-01T10:00:00Z");

  private final AtomicLong nanos = new AtomicLong();
  private final FirstHeard firstHeard =
      new FirstHeard("MZ1", Clock.fixed(SENT, ZoneOffset.UTC), nanos::get);

  @Test
  void aLongStretchIsProvedEarlyAndLosesNothing() {
    byte[] audio = new byte[16_000];
    new java.util.Random(1).nextBytes(audio);

    List<ToTwilio> sent = firstHeard.playing(stretch(audio, "1:0"));

    assertThat(marks(sent)).containsExactly("heard:0", "1:0");
    assertThat(audio(sent)).isEqualTo(audio);
    assertThat(firstHeard.markReturned("heard:0", false)).isEqualTo(SENT);
    assertThat(firstHeard.markReturned("1:0", true)).as("no news").isNull();
  }

  @Test
  void aShortStretchIsProvedByItsOwnMark() {
    assertThat(marks(firstHeard.playing(stretch(new byte[1_599], "1:0")))).containsExactly("1:0");
    assertThat(firstHeard.markReturned("1:0", true)).isEqualTo(SENT);
  }

  @Test
  void onceItIsProvedNothingIsAdded() {
    firstHeard.playing(stretch(new byte[8_000], "1:0"));
    firstHeard.markReturned("heard:0", false);

    assertThat(marks(firstHeard.playing(stretch(new byte[8_000], "1:1")))).containsExactly("1:1");
  }

  @Test
  void whatAPersonSaysInTheAgentsPlaceDoesNotProveTheAgent() {
    assertThat(firstHeard.markReturned("sound:0", true)).as("before the agent").isNull();
    firstHeard.playing(stretch(new byte[8_000], "1:1"));
    firstHeard.takenOver();
    assertThat(firstHeard.markReturned("supervisor:2", true)).isNull();

    firstHeard.playing(stretch(new byte[1_599], "2:3"));
    assertThat(firstHeard.markReturned("2:3", true)).isEqualTo(SENT);
  }

  @Test
  void aMarkThatAClearBroughtBackProvesNothing() {
    firstHeard.playing(stretch(new byte[8_000], "1:0"));
    firstHeard.cleared();

    assertThat(firstHeard.markReturned("heard:0", false)).isNull();
    assertThat(marks(firstHeard.playing(stretch(new byte[8_000], "2:1"))))
        .containsExactly("heard:1", "2:1");
    assertThat(firstHeard.markReturned("heard:0", false)).isNull();
    assertThat(firstHeard.markReturned("heard:1", false)).isEqualTo(SENT);
  }

  @Test
  void aLineThatLivesOnLongAfterTheAudioWasSentHeardIt() {
    assertThat(firstHeard.callerHeard()).as("nothing was sent").isNull();
    firstHeard.playing(stretch(new byte[8_000], "1:0"));

    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_999));
    assertThat(firstHeard.callerHeard()).isNull();
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
    assertThat(firstHeard.callerHeard()).isEqualTo(SENT);
    assertThat(firstHeard.callerHeard()).as("no news").isNull();
  }

  private static List<ToTwilio> stretch(byte[] audio, String mark) {
    return List.of(
        new ToTwilio.Media("MZ1", Base64.getEncoder().encode(audio)),
        new ToTwilio.Mark("MZ1", mark));
  }

  private static List<String> marks(List<ToTwilio> messages) {
    return messages.stream()
        .filter(ToTwilio.Mark.class::isInstance)
        .map(message -> ((ToTwilio.Mark) message).name())
        .toList();
  }

  private static byte[] audio(List<ToTwilio> messages) {
    ByteArrayOutputStream audio = new ByteArrayOutputStream();
    for (ToTwilio message : messages) {
      if (message instanceof ToTwilio.Media(_, var payload)) {
        audio.writeBytes(Base64.getDecoder().decode(new String(payload, ISO_8859_1)));
      }
    }
    return audio.toByteArray();
  }
}
