package dev.callbridge.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.callbridge.call.CallNotes;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.testing.Browser;
import dev.callbridge.testing.BrowserTest;
import dev.callbridge.testing.Callbridge;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.json.JsonMapper;

/// Whoever calls chooses what the call's variables hold, and what is said.
@BrowserTest
final class InjectionTests {

  @Autowired private Callbridge callbridge;
  @Autowired private CallNotes notes;

  @Test
  void nothingThatACallerSendsIsRunByThePage() throws IOException, InterruptedException {
    List<String> payloads = payloads();
    assertThat(payloads).hasSizeGreaterThanOrEqualTo(50);
    String query =
        IntStream.range(0, payloads.size())
            .mapToObj(
                i -> "v" + i + "=" + URLEncoder.encode(payloads.get(i), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    var line = callbridge.callIn(CallerScript.answers().staysSilentFor(Callbridge.SOON), query);
    var call = callbridge.await(line, it -> it.truth().timings().firstAgentAudio() != null);

    HttpClient program = HttpClient.newHttpClient();
    // Also by those who steer the call, and by its agent.
    for (List<String> half :
        List.of(payloads.subList(0, 30), payloads.subList(30, payloads.size()))) {
      String text = new JsonMapper().writeValueAsString(Map.of("text", String.join("\n", half)));
      var told =
          program.send(
              HttpRequest.newBuilder(
                      callbridge.settings().publicUrl("/api/v1/calls/" + call.id() + "/context"))
                  .header("X-API-Key", "sandbox")
                  .header("Content-Type", "application/json")
                  .timeout(Callbridge.SOON)
                  .POST(HttpRequest.BodyPublishers.ofString(text))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(told.statusCode()).as(told.body()).isEqualTo(200);
      notes.take(call.id(), "note " + half.size(), String.join("\n", half)).block(Callbridge.SOON);
    }

    try (Browser browser = Browser.launch(callbridge.settings())) {
      Page page = browser.signedIn("calls/" + call.id());
      page.waitForSelector("#timeline");
      String shown = page.locator("section[aria-labelledby=facts] .facts").innerText();
      assertThat(payloads).allSatisfy(it -> assertThat(shown).contains(it.strip()));
      for (String where : List.of("#timeline + .steps", "section[aria-labelledby=notes]")) {
        String said = page.locator(where).innerText();
        assertThat(payloads).as(where).allSatisfy(it -> assertThat(said).contains(it.strip()));
      }
      for (String route : List.of("", "calls", "assistants", "calls/" + call.id())) {
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
