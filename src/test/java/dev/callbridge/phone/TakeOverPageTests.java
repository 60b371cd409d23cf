package dev.callbridge.phone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.Outcome;
import dev.callbridge.call.Turn.Role;
import dev.callbridge.sandbox.speech.Mulaw;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.testing.Browser;
import dev.callbridge.testing.BrowserTest;
import dev.callbridge.testing.Callbridge;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/// A supervisor at the page of a call, with a microphone.
@BrowserTest
final class TakeOverPageTests {

  private static final int HALF_A_SECOND = 25;

  @Autowired private Callbridge callbridge;
  @TempDir private Path files;

  @Test
  void aSupervisorTakesTheCallOverSpeaksAndHandsItBack() throws IOException {
    try (Browser browser = Browser.launch(callbridge.settings(), microphone())) {
      var line = callbridge.callIn(CallerScript.answers().staysSilentFor(Callbridge.CALL));
      var call = callbridge.await(line, it -> it.truth().timings().firstAgentAudio() != null);
      Page page = browser.signedIn("calls/" + call.id());
      Locator panel = page.locator("#take-over");

      panel.locator("button[name=take-over]").click();
      assertThat(panel.locator("[role=status]")).hasText("The agent is silent. You have the call.");
      assertThat(page.locator(".steps")).containsText("Taken over by a person");

      long before = loudFrames(line.heard());
      panel.locator("button[name=talk]").hover();
      page.mouse().down();
      page.waitForFunction(
          "() => Number(document.querySelector('#take-over [data-seconds]')?.dataset.seconds) >= 2.5");
      page.mouse().up();
      assertThat(panel.locator("[role=status]"))
          .hasText(
              "The caller hears it.", new LocatorAssertions.HasTextOptions().setTimeout(15_000));
      assertThat(page.locator(".turn.supervisor")).isVisible();
      // What a browser makes of a recorded voice is not to be known by its text.
      Callbridge.eventually(
          () -> loudFrames(line.heard()) >= before + HALF_A_SECOND, "the caller hears nobody");

      panel.locator("button[name=hand-back]").click();
      assertThat(panel.locator("[role=status]"))
          .hasText("The agent has the call again and knows what was said.");
      assertThat(page.locator(".steps")).containsText("Handed back to the agent");

      panel.locator("button[name=take-over]").click();
      assertThat(panel.locator("button[name=talk]")).isVisible();
      page.navigate(callbridge.settings().publicUrl("/#/calls").toString());
      Callbridge.eventually(
          () ->
              callbridge.events(call.id()).stream()
                      .filter(event -> event.kind() == Kind.HANDED_BACK)
                      .count()
                  == 2,
          "the page was left and the agent does not have the call");

      line.hangUp();
      assertThat(callbridge.awaitOutcome(line).truth().outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(callbridge.transcript(call.id()))
          .filteredOn(turn -> turn.role() == Role.SUPERVISOR)
          .singleElement()
          .satisfies(turn -> assertThat(turn.heard()).isEqualTo(turn.text()));
    }
    callbridge.assertNothingLeft();
  }

  private static long loudFrames(byte[] mulaw) {
    return IntStream.range(0, mulaw.length / Mulaw.FRAME_BYTES)
        .filter(i -> Mulaw.rms(mulaw, i * Mulaw.FRAME_BYTES, Mulaw.FRAME_BYTES) > Mulaw.SPEECH_RMS)
        .count();
  }

  /// Begins anew each time it is opened.
  private String[] microphone() throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    said.writeBytes(Mulaw.silence(Duration.ofMillis(300)));
    said.writeBytes(SpeechClips.load().clip("go-ahead").ulaw());
    said.writeBytes(Mulaw.silence(Duration.ofSeconds(20)));
    return FakeMicrophone.switches(
        FakeMicrophone.wav(files.resolve("microphone.wav"), said.toByteArray()));
  }
}
