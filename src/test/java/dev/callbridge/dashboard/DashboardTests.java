package dev.callbridge.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.testing.Browser;
import dev.callbridge.testing.BrowserTest;
import dev.callbridge.testing.Callbridge;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.SmartLifecycle;

/// What a person does with the dashboard, in a real browser.
@BrowserTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DashboardTests {

  private static final LocatorAssertions.ContainsTextOptions IN_A_CALL =
      new LocatorAssertions.ContainsTextOptions().setTimeout(Callbridge.CALL.toMillis());

  @Autowired private Callbridge callbridge;

  @Qualifier("subscribers")
  @Autowired
  private SmartLifecycle streams;

  private Browser browser;

  @BeforeAll
  void launch() {
    browser = Browser.launch(callbridge.settings());
  }

  @AfterAll
  void close() {
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void aTestCallIsPlacedAndWatchedToItsOutcomeWithoutAReload() {
    Page page = browser.signedIn("new");
    page.evaluate("() => { window.notReloaded = true; }");
    page.fill("input[name=to]", "+15550002000");
    page.fill("[aria-label='Variable 1 name']", "name");
    page.fill("[aria-label='Variable 1 value']", "John");
    page.click("form button.primary");

    assertThat(page.locator(".head .badge"))
        .containsText("Talking", new LocatorAssertions.ContainsTextOptions().setTimeout(20_000));
    assertThat(page.locator("#connection")).hasText("Connected");
    assertThat(page.locator(".turns")).containsText("How can I help you?", IN_A_CALL);
    assertThat(page.locator(".head .badge")).containsText("Completed", IN_A_CALL);

    assertThat(page.locator(".notice")).containsText("Ended by the agent");
    assertThat(page.locator(".turns")).containsText("A table for two on Friday at seven");
    assertThat(page.locator(".steps")).containsText("Caller hears the agent");
    assertThat(page.locator("section[aria-labelledby=facts] .facts")).containsText("John");
    assertThat(page.evaluate("() => window.notReloaded")).isEqualTo(true);
    page.context().close();
  }

  @Test
  void theStreamIsLostAndRegainedAndWhatHappenedMeanwhileIsThere() {
    Page page = browser.signedIn("");
    assertThat(page.locator("#connection")).hasText("Connected");

    streams.stop(() -> {});
    assertThat(page.locator("#connection")).hasText("Reconnecting");
    var line = callbridge.callIn(CallerScript.answers().staysSilentFor(Callbridge.SOON));
    var call = callbridge.await(line, it -> it.truth().timings().firstAgentAudio() != null);
    streams.start();

    assertThat(page.locator("#connection"))
        .hasText("Connected", new LocatorAssertions.HasTextOptions().setTimeout(15_000));
    assertThat(page.locator("a[href='#/calls/" + call.id() + "']")).isVisible();
    line.hangUp();
    assertThat(page.locator("section[aria-labelledby=just-ended]"))
        .containsText("Completed", IN_A_CALL);
    page.context().close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "twilio, elevenlabs | Simulated Twilio and ElevenLabs: no phone rings, nothing is billed",
        "twilio             | Simulated Twilio, real ElevenLabs: no phone rings",
        "elevenlabs         | Simulated ElevenLabs, real Twilio: calls are placed and billed",
        "none               | Twilio and ElevenLabs are real: calls are placed and billed"
      })
  void theTopOfThePageSaysWhichVendorsAreSimulated(String header, String words) {
    Page page = browser.signedIn("health");
    page.route(
        "**/api/v1/me",
        route -> {
          APIResponse answer = route.fetch();
          Map<String, String> headers = new HashMap<>(answer.headers());
          assertThat(headers).containsEntry("callbridge-simulated", "twilio, elevenlabs");
          headers.put("callbridge-simulated", header);
          route.fulfill(new Route.FulfillOptions().setResponse(answer).setHeaders(headers));
        });

    page.reload();

    assertThat(page.locator(".sandbox")).containsText(words);
    page.context().close();
  }

  @Test
  void aCallIsSteeredFromItsPageWhileTheAgentIsOnTheLine() {
    var line = callbridge.callIn(CallerScript.answers().staysSilentFor(Callbridge.CALL));
    var call = callbridge.await(line, it -> it.truth().timings().firstAgentAudio() != null);
    Page page = browser.signedIn("calls/" + call.id());
    var panel = page.locator("#steering");

    panel.locator("textarea").fill("They called twice today.");
    panel.locator("button[value=context]").click();
    assertThat(panel.locator("[role=status]")).hasText("The agent knows it now.");
    assertThat(panel.locator("textarea")).hasValue("");
    panel.locator("textarea").fill("Do you have parking?");
    panel.locator("button[value=message]").click();
    assertThat(panel.locator("[role=status]")).hasText("The agent was told, and answers.");
    panel.locator("input[name=digits]").fill("12#");
    panel.locator("input[name=digits]").press("Enter");
    assertThat(panel.locator("[role=status]")).hasText("The keys are being pressed.");
    panel.locator("input[name=digits]").fill("WWWWWWWWWWW");
    panel.locator("input[name=digits]").press("Enter");
    assertThat(panel.locator("[role=alert]")).containsText("takes 11000 ms");
    assertThat(callbridge.session(call).timeline())
        .extracting(entry -> entry.kind() + ": " + entry.detail())
        .contains(
            "received contextual_update: They called twice today.",
            "received user_message: Do you have parking?");
    assertThat(page.locator(".steps")).containsText("Agent told, by user:sandbox");
    assertThat(panel.locator("select[name=target] option")).hasCount(2);

    page.locator(".head button.danger").click();
    page.locator(".head button.danger").click();
    assertThat(page.locator(".head .badge")).containsText("Completed", IN_A_CALL);
    assertThat(panel).hasCount(0);
    page.context().close();
  }

  @Test
  void whoIsNotSignedInSeesNothingButTheForm() {
    Page page = browser.page("calls", 1280, 800, false);

    assertThat(page.locator("h1")).hasText("Sign in");
    page.fill("input[name=username]", "sandbox");
    page.fill("input[name=password]", "wrong");
    page.keyboard().press("Enter");

    assertThat(page.locator("[role=alert]")).containsText("do not match");
    assertThat(page.locator("nav")).hasCount(0);
    page.context().close();
  }
}
