package dev.callbridge.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import dev.callbridge.twilio.TwilioSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// The dashboard in this machine's Chromium, as somebody uses it. Each context is a browser of its
/// own, with no cookie; what a page failed at, and what the content security policy stopped, fails
/// the test that closes it. For one thread, which opens and closes it.
public final class Browser implements AutoCloseable {

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;
  private final TwilioSettings settings;
  private final List<String> failures = new CopyOnWriteArrayList<>();

  private Browser(
      Playwright playwright, com.microsoft.playwright.Browser chromium, TwilioSettings settings) {
    this.playwright = playwright;
    this.chromium = chromium;
    this.settings = settings;
  }

  /// Skips the test where there is no Chromium.
  ///
  /// @param switches of Chromium's, beside the usual
  public static Browser launch(TwilioSettings settings, String... switches) {
    assumeTrue(Files.isExecutable(CHROMIUM), "no " + CHROMIUM);
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    List<String> all =
        new ArrayList<>(
            List.of(
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run"));
    all.addAll(List.of(switches));
    Playwright playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    try {
      LaunchOptions options = new LaunchOptions().setExecutablePath(CHROMIUM).setArgs(all);
      return new Browser(playwright, playwright.chromium().launch(options), settings);
    } catch (RuntimeException e) {
      playwright.close();
      throw e;
    }
  }

  /// A page in a context of its own, signed in as the sandbox's user.
  ///
  /// @param route of the dashboard, such as `calls`
  /// @param scripts run in the page before its own
  public Page signedIn(String route, String... scripts) {
    BrowserContext context = chromium.newContext();
    context.setDefaultTimeout(Callbridge.SOON.toMillis());
    for (String script : scripts) {
      context.addInitScript(script);
    }
    Page page = context.newPage();
    watch(page);
    page.navigate(settings.publicUrl("/#/" + route).toString());
    signIn(page);
    return page;
  }

  /// A page that nobody has signed in on yet, in a context of its own.
  public Page page(String route, int width, int height, boolean dark) {
    BrowserContext context =
        chromium.newContext(
            new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(dark ? ColorScheme.DARK : ColorScheme.LIGHT));
    context.setDefaultTimeout(Callbridge.SOON.toMillis());
    Page page = context.newPage();
    watch(page);
    page.navigate(settings.publicUrl("/#/" + route).toString());
    return page;
  }

  /// As the sandbox's user.
  public void signIn(Page page) {
    page.fill("input[name=username]", "sandbox");
    page.fill("input[name=password]", "sandbox");
    page.keyboard().press("Enter");
    page.waitForSelector("nav");
  }

  private void watch(Page page) {
    page.onPageError(error -> failures.add("page error: " + error));
    page.onDialog(dialog -> {
      failures.add("dialog: " + dialog.message());
      dialog.dismiss();
    });
    page.onConsoleMessage(this::hear);
  }

  private void hear(ConsoleMessage message) {
    if (message.text().contains("Content Security Policy")) {
      failures.add(message.text());
    }
  }

  @Override
  public void close() {
    try {
      chromium.close();
    } finally {
      playwright.close();
    }
    assertThat(failures).isEmpty();
  }
}
