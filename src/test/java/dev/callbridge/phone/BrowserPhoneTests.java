package dev.callbridge.phone;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.LocatorOptions;
import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.Carrier;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.speech.Clip;
import dev.callbridge.sandbox.speech.Mulaw;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.testing.Browser;
import dev.callbridge.testing.BrowserTest;
import dev.callbridge.testing.Callbridge;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/// Somebody calls an assistant from the dashboard, in a real browser with a microphone.
@BrowserTest
final class BrowserPhoneTests {

  private static final String ON = "#phone-state:has-text('On the line')";

  /// A machine that has a microphone has no way to hide it.
  private static final String NO_DEVICE =
      "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError'); }";

  private static final SpeechClips CLIPS = SpeechClips.load();

  @Autowired private Callbridge callbridge;
  @TempDir private Path files;

  @Test
  void theAgentIsHeardInThePageAndItsCallIsToldLikeAnyOther() throws IOException {
    try (Browser browser = Browser.launch(callbridge.settings(), microphone())) {
      Page page = browser.signedIn("phone", Loudspeaker.TAP);
      page.click("#phone-call");
      page.waitForSelector(ON);
      UUID id = id(page);
      page.keyboard().press("5");
      assertThat(CLIPS.recognise(Loudspeaker.heard(page)))
          .as("what the page played")
          .contains(CLIPS.clip("greeting"));
      page.click("text=Hang up");
      page.waitForSelector("#phone-ending:has-text('Ended by the caller')");

      Call call = callbridge.await(id, Call::isOver);
      assertThat(call.plan().carrier()).isEqualTo(Carrier.BROWSER);
      assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(call.truth().endedBy()).isEqualTo(EndedBy.CALLER);
      assertThat(call.truth().twilioCallSid()).isNull();
      assertThat(callbridge.events(id))
          .filteredOn(event -> event.kind() == Kind.DTMF)
          .extracting(event -> event.details().get("digit"))
          .containsExactly("5");
    }
    callbridge.assertNothingLeft();
  }

  @Test
  @Tag("faults")
  void theAgentUnderstandsTheMicrophone() throws IOException {
    Clip[] said = {CLIPS.clip("book-table"), CLIPS.clip("two-people")};
    try (Browser browser = Browser.launch(callbridge.settings(), microphone(said))) {
      Page page = browser.signedIn("phone");
      page.click("#phone-call");
      page.waitForSelector(ON);
      UUID id = id(page);
      // Of the first words the browser's noise suppression takes what it has yet to learn.
      page.locator(".turn", new LocatorOptions().setHasText(said[1].text()))
          .waitFor(new Locator.WaitForOptions().setTimeout(Callbridge.CALL.toMillis()));
      page.click("text=Hang up");
      callbridge.await(id, Call::isOver);
    }
    callbridge.assertNothingLeft();
  }

  @Test
  @Tag("faults")
  void anAgentThatIsLostIsToldInWords() throws IOException {
    try (Browser browser = Browser.launch(callbridge.settings(), microphone())) {
      Page page = browser.signedIn("phone");
      page.fill("input[name=assistant]", "refuses");
      page.click("#phone-call");
      page.waitForSelector("[role=alert]:has-text('The agent could not be reached')");
      page.waitForSelector("#phone-ending:has-text('Ended by Callbridge')");

      page.fill("input[name=assistant]", "nobody");
      page.click("#phone-call");
      page.waitForSelector(".error:has-text('is not one of')");
    }
    callbridge.assertNothingLeft();
  }

  @Test
  @Tag("faults")
  void aPageWithoutAMicrophoneSaysSo() {
    try (Browser browser =
        Browser.launch(
            callbridge.settings(),
            "--use-fake-device-for-media-stream",
            "--deny-permission-prompts")) {
      Page page = browser.signedIn("phone");
      page.click("#phone-call");
      page.waitForSelector("[role=alert]:has-text('The microphone was refused')");

      Page another = browser.signedIn("phone", NO_DEVICE);
      another.click("#phone-call");
      another.waitForSelector("[role=alert]:has-text('There is no microphone')");
    }
  }

  @Test
  @Tag("faults")
  void aPageThatIsClosedEndsItsCall() throws IOException {
    UUID id;
    try (Browser browser = Browser.launch(callbridge.settings(), microphone())) {
      Page page = browser.signedIn("phone");
      page.click("#phone-call");
      page.waitForSelector(ON);
      id = id(page);
      callbridge.await(id, call -> call.truth().timings().firstAgentAudio() != null);
      page.close();
      Call call = callbridge.await(id, Call::isOver);
      assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    }
    callbridge.assertNothingLeft();
  }

  @Test
  @Tag("faults")
  void theJitterBufferGathersMoreAfterAGapAndGivesEveryMarkBackOnce() {
    try (Browser browser = Browser.launch(callbridge.settings())) {
      Page page = browser.signedIn("phone");
      Object told = page.evaluate(JITTER);

      assertThat(told)
          .isEqualTo(
              "first after 60 ms, again after 100 ms, marks a b c, early d, cleared e f, full");
    }
  }

  /// Frames of 20 ms, one each 20 ms, and a line that stops for 200 ms in mid-speech.
  private static final String JITTER =
      """
      async () => {
        const { JitterBuffer } = await import('/assets/phone/jitter-buffer.js');
        const buffer = new JitterBuffer();
        const frame = () => new Uint8Array(160).fill(0);
        const marks = [];
        const read = () => {
          const sound = new Float32Array(160);
          marks.push(...buffer.read(sound));
          return sound.some((x) => x !== 0);
        };
        const untilHeard = () => {
          for (let ms = 20; ms < 1000; ms += 20) {
            buffer.write(frame());
            if (read()) return buffer.heldMs + 20;
          }
          return NaN;
        };
        const first = untilHeard();
        buffer.mark('a');
        while (read());
        for (let i = 0; i < 10; i++) read();
        const again = untilHeard();
        buffer.mark('b');
        buffer.mark('c');
        while (read());
        const early = buffer.mark('d') ? 'd' : 'none';
        buffer.write(frame());
        buffer.mark('e');
        buffer.write(frame());
        buffer.mark('f');
        const cleared = buffer.clear();
        read();
        const full = buffer.write(new Uint8Array(8000 * 601)) ? 'not full' : 'full';
        return `first after ${first} ms, again after ${again} ms, marks ${marks.join(' ')}, early ${early}, cleared ${cleared.join(' ')}, ${full}`;
      }
      """;

  private static UUID id(Page page) {
    String link =
        Objects.requireNonNull(page.getAttribute("text=This call in the history", "href"));
    return UUID.fromString(link.substring(link.lastIndexOf('/') + 1));
  }

  /// Says these, after a greeting's time of silence.
  private String[] microphone(Clip... clips) throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    said.writeBytes(Mulaw.silence(Duration.ofSeconds(6)));
    for (Clip clip : clips) {
      said.writeBytes(clip.ulaw());
      said.writeBytes(Mulaw.silence(Duration.ofSeconds(5)));
    }
    return FakeMicrophone.switches(
        FakeMicrophone.wav(files.resolve("microphone.wav"), said.toByteArray()));
  }
}
