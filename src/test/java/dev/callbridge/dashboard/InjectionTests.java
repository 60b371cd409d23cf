package dev.callbridge.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.testing.Browser;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/// Whoever calls chooses what the call's variables hold, and what is said.
@CallbridgeTest
final class InjectionTests {

  @Autowired private Callbridge callbridge;

  @Test
  void nothingThatACallerSendsIsRunByThePage() throws IOException {
    List<String> payloads = payloads();
    assertThat(payloads).hasSizeGreaterThanOrEqualTo(50);
    String query =
        IntStream.range(0, payloads.size())
            .mapToObj(
                i -> "v" + i + "=" + URLEncoder.encode(payloads.get(i), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    var line = callbridge.callIn(CallerScript.answers().staysSilentFor(Callbridge.SOON), query);
    var call = callbridge.await(line, it -> it.truth().timings().firstAgentAudio() != null);

    try (Browser browser = Browser.launch(callbridge.settings())) {
      Page page = browser.signedIn("calls/" + call.id());
      page.waitForSelector("#timeline");
      String shown = page.locator("section[aria-labelledby=facts] .facts").innerText();
      assertThat(payloads).allSatisfy(it -> assertThat(shown).contains(it.strip()));
      for (String route : List.of("", "calls", "calls/" + call.id())) {
        page.navigate(callbridge.settings().publicUrl("/#/" + route).toString());
        page.waitForSelector("main h1");
      }
      assertThat(page.evaluate("() => window.injected")).isNull();
      assertThat(page.locator("main script, main iframe, main object, main svg").count()).isZero();
    } finally {
      line.hangUp();
    }
  }

  private static List<String> payloads() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(InjectionTests.class.getResourceAsStream("/injections.txt"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(it -> !it.isBlank())
          .toList();
    }
  }
}
