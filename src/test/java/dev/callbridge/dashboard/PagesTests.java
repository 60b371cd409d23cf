package dev.callbridge.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Browser;
import dev.callbridge.testing.BrowserTest;
import dev.callbridge.testing.Callbridge;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/// Every page, wide and narrow, light and dark: for those who do not see it, by axe-core; for those
/// who do, as pictures. `-Dscreenshots=docs/images` keeps the pictures.
@BrowserTest
final class PagesTests {

  private static final Path PICTURES =
      Path.of(System.getProperty("screenshots", "target/screenshots"));

  private static final String VIOLATIONS =
      """
      async () => (await axe.run(document)).violations
        .filter((v) => v.impact === 'serious' || v.impact === 'critical')
        .map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' | '))\
      """;

  private record Look(String name, int width, int height, boolean dark) {}

  private static final List<Look> LOOKS =
      List.of(new Look("desktop-light", 1280, 860, false), new Look("phone-dark", 390, 844, true));

  private static final List<Look> OTHER_LOOKS =
      List.of(new Look("desktop-dark", 1280, 860, true), new Look("phone-light", 390, 844, false));

  @Autowired private Callbridge callbridge;

  /// Whoever wants the pictures gets all of them.
  @Test
  void everyPageIsForEverybody() throws IOException {
    look(LOOKS);
    if (System.getProperty("screenshots") != null) {
      look(OTHER_LOOKS);
    }
  }

  @Test
  @Tag("faults")
  void soItIsInItsOtherLooks() throws IOException {
    look(OTHER_LOOKS);
  }

  private void look(List<Look> looks) throws IOException {
    Scene scene = new Scene(callbridge);
    var call = scene.past();

    String axe = axe();
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("live", "");
    pages.put("history", "calls");
    pages.put("call", "calls/" + call.id());
    pages.put("assistants", "assistants");
    pages.put("assistant", "assistants/default");
    pages.put("new-assistant", "assistants/+new");
    pages.put("new-call", "new");
    pages.put("phone", "phone");
    pages.put("reservations", "reservations");
    pages.put("restaurant", "reservations/restaurants/" + Scene.TRATTORIA);
    pages.put("health", "health");
    pages.put("diagnostics", "diagnostics");
    try (Browser browser = Browser.launch(callbridge.settings())) {
      for (Look look : looks) {
        Page page = browser.page("", look.width(), look.height(), look.dark());
        page.waitForSelector("input[name=username]");
        check(page, axe, "sign-in-" + look.name());
        browser.signIn(page);
        List<SandboxCall> live = scene.present();
        try {
          steer(page, axe, look, live.getFirst());
          pages.forEach((name, route) -> {
            open(page, route);
            check(page, axe, name + "-" + look.name());
          });
        } finally {
          live.forEach(SandboxCall::hangUp);
        }
        page.context().close();
      }
    }
  }

  /// A call that is on, with what may be done about it in sight.
  private void steer(Page page, String axe, Look look, SandboxCall live) {
    var on = callbridge.await(live, it -> it.truth().timings().firstAgentAudio() != null);
    open(page, "calls/" + on.id());
    page.locator(".turns li").first().waitFor();
    page.locator("#steering").scrollIntoViewIfNeeded();
    check(page, axe, "call-to-steer-" + look.name());
    assertThat(page.locator("#steering").isVisible()).isTrue();
  }

  private void open(Page page, String route) {
    page.navigate(callbridge.settings().publicUrl("/#/" + route).toString());
    page.waitForSelector("main h1");
    page.waitForFunction("() => !document.querySelector('.loading')");
  }

  private static void check(Page page, String axe, String name) {
    page.evaluate(axe);
    assertThat(page.evaluate(VIOLATIONS)).as(name).isEqualTo(List.of());
    page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
  }

  private static String axe() throws IOException {
    String name = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
    try (InputStream script =
        Objects.requireNonNull(PagesTests.class.getResourceAsStream(name), name)) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
