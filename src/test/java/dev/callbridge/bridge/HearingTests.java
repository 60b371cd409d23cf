package dev.callbridge.bridge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Heard;
import dev.callbridge.sandbox.speech.SpeechClips;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HearingTests {

  private final List<Heard> heard = new ArrayList<>();
  private long now;
  private final Hearing hearing = new Hearing(heard::add, () -> now);

  @Test
  void whatIsHeardIsSaidOnce() {
    plays("beep");
    plays("beep");
    hearing.words("You have reached the voicemail of John.");
    hearing.words("Please leave a message.");

    assertThat(heard).containsExactly(Heard.BEEP, Heard.VOICEMAIL);
  }

  @Test
  void nobodyAtAllIsSilence() {
    quiet();
    after(Duration.ofSeconds(9));
    assertThat(heard).isEmpty();

    after(Duration.ofSeconds(1));
    assertThat(heard).containsExactly(Heard.SILENCE);
  }

  @Test
  void whoHasSaidHelloIsNotSilent() {
    plays("hello");
    after(Duration.ofSeconds(20));

    assertThat(heard).isEmpty();
  }

  @Test
  void theFirstMinuteIsAllThatIsListenedTo() {
    plays("hello");
    after(Hearing.WINDOW);
    plays("beep");
    hearing.words("Please leave a message.");
    after(Hearing.WINDOW);

    assertThat(heard).containsExactly(Heard.NO_BEEP);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Please leave a message after the tone. | VOICEMAIL",
        "I can't take your call; leave me a message at the beep! | VOICEMAIL",
        "Bitte hinterlassen Sie eine Nachricht nach dem Signalton. | VOICEMAIL",
        "Laissez un message apr\u00e8s le bip. | VOICEMAIL",
        "Deje su mensaje despu\u00e9s del tono. | VOICEMAIL",
        "Please state your name, and why you are calling. | CALL_SCREENING",
        "For reservations, press one. | IVR",
        "Para espa\u00f1ol, oprima dos. | IVR"
      })
  void machinesAreKnownByTheirPhrases(String text, Heard what) {
    assertThat(GreetingWords.in(text)).contains(what);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Hello?",
        "Did you get my message?",
        "My name is John.",
        "I would like to press charges.",
        "A table for two on Friday at seven, please."
      })
  void peopleAreNot(String text) {
    assertThat(GreetingWords.in(text)).isEmpty();
  }

  private void after(Duration length) {
    now += length.toNanos();
    hearing.tick();
  }

  private void plays(String clip) {
    sound(SpeechClips.load().clip(clip).ulaw());
    quiet();
  }

  private void quiet() {
    byte[] quiet = new byte[4_000];
    Arrays.fill(quiet, (byte) 0xFE);
    sound(quiet);
  }

  private void sound(byte[] ulaw) {
    for (int from = 0; from < ulaw.length; from += 160) {
      byte[] frame = Arrays.copyOfRange(ulaw, from, Math.min(ulaw.length, from + 160));
      hearing.sound(Base64.getEncoder().encodeToString(frame).getBytes(ISO_8859_1));
    }
  }
}
