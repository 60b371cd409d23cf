package dev.callbridge.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.callbridge.testing.Browser;
import dev.callbridge.testing.BrowserTest;
import dev.callbridge.testing.Callbridge;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;

/// Assistants and restaurants that are made, changed and deleted on the dashboard, by several at
/// once and with what is not saved yet.
@BrowserTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EditingTests {

  @Autowired private Callbridge callbridge;

  private Browser browser;
  private Page page;

  @BeforeAll
  void launch() {
    browser = Browser.launch(callbridge.settings());
  }

  @BeforeEach
  void open() {
    page = browser.signedIn("assistants");
  }

  @AfterEach
  void leave() {
    page.context().close();
  }

  private void go(String route) {
    page.navigate(callbridge.settings().publicUrl("/#/" + route).toString());
  }

  @AfterAll
  void close() {
    if (browser != null) {
      browser.close();
    }
  }

  private Locator field(Page on, String label) {
    return on.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
  }

  private Locator button(Page on, String name) {
    return on.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static String number() {
    return "+1555" + ThreadLocalRandom.current().nextLong(100_000_000L, 999_999_999L);
  }

  private String assistant(String name) {
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("New assistant")).click();
    field(page, "Name").fill(name);
    field(page, "ElevenLabs agent ID").fill("agent_sandbox");
    button(page, "Create assistant").click();
    assertThat(button(page, "Delete")).isVisible();
    return name;
  }

  @Test
  void anAssistantIsMadeChangedAndDeleted() {
    String name = assistant("page-" + UUID.randomUUID());
    String number = number();
    assertThat(page.locator("h1")).hasText(name);

    field(page, "Phone numbers").fill(number);
    field(page, "Tools").fill("end_call, take_note");
    field(page, "First message").fill("Hello {{name}}, what can I do for you?");
    field(page, "If a machine answers").selectOption("LEAVE_MESSAGE");
    field(page, "Voicemail message").fill("Please call us back.");
    button(page, "Add a language").click();
    Locator german =
        page.getByRole(AriaRole.GROUP)
            .filter(new Locator.FilterOptions().setHasText("In another language"));
    german.last().getByLabel("Language", new Locator.GetByLabelOptions().setExact(true)).fill("de");
    Locator own =
        page.getByRole(AriaRole.GROUP, new Page.GetByRoleOptions().setName("In de").setExact(true));
    own.getByLabel("While reconnecting").fill("Einen Moment, bitte.");
    own.getByLabel("After reconnecting").fill("Wo waren wir?");
    own.getByLabel("Before a hand-off").fill("Ich verbinde.");
    own.getByLabel("If no agent can be reached").fill("Bitte rufen Sie später an.");
    own.getByLabel("Spoken language").fill("de-DE");
    own.getByLabel("Voicemail message").fill("Bitte rufen Sie zurück.");
    assertThat(page.getByRole(AriaRole.STATUS).last()).hasText("Not saved yet");
    button(page, "Save").click();
    assertThat(page.getByRole(AriaRole.STATUS).last()).hasText("Saved. New calls use it.");

    page.reload();
    assertThat(field(page, "Phone numbers")).hasValue(number);
    assertThat(field(page, "Tools")).hasValue("end_call, take_note");
    assertThat(own.getByLabel("Spoken language")).hasValue("de-DE");
    assertThat(button(page, "Save")).isDisabled();

    button(page, "Delete").click();
    assertThat(page.getByRole(AriaRole.STATUS).last()).containsText("default");
    button(page, "Really delete").click();
    assertThat(page.locator("h1")).hasText("Assistants");
    assertThat(page.getByText(name)).hasCount(0);
  }

  @Test
  void whatIsWrongIsSaidAtItsFieldWhichHasTheFocus() {
    assistant("page-" + UUID.randomUUID());

    field(page, "Agent silence limit, seconds").fill("1");
    field(page, "Phone numbers").fill("+15550007777, 12");
    field(page, "Caller lookup URL").fill("https://nobody.example/");
    button(page, "Save").click();

    Locator numbers = field(page, "Phone numbers");
    assertThat(numbers).isFocused();
    assertThat(numbers).hasAttribute("aria-invalid", "true");
    assertThat(numbers)
        .hasAccessibleDescription(Pattern.compile(".*12: is not a number with country code.*"));
    assertThat(field(page, "Agent silence limit, seconds")).hasAttribute("aria-invalid", "true");
    assertThat(field(page, "Caller lookup URL")).hasAttribute("aria-invalid", "true");
    assertThat(field(page, "ElevenLabs agent ID")).not().hasAttribute("aria-invalid", "true");

    numbers.fill("");
    field(page, "Agent silence limit, seconds").fill("9");
    field(page, "Caller lookup URL").fill("");
    field(page, "Tools").fill("fly_to_the_moon");
    button(page, "Save").click();
    assertThat(field(page, "Tools")).isFocused();
    assertThat(field(page, "Tools"))
        .hasAccessibleDescription(Pattern.compile(".*there are.*end_call.*"));
    discard();
  }

  private void discard() {
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Cancel")).click();
    button(page, "Discard changes").click();
    assertThat(page.locator("h1")).hasText("Assistants");
  }

  @Test
  void whatIsNotSavedIsNotLeftWithoutAWord() {
    String name = assistant("page-" + UUID.randomUUID());
    field(page, "First message").fill("Not yet");

    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("History")).click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    assertThat(dialog).containsText("Leave without saving?");
    assertThat(button(page, "Stay here")).isFocused();
    page.keyboard().press("Escape");
    assertThat(dialog).hasCount(0);
    assertThat(field(page, "First message")).hasValue("Not yet");
    assertThat(page.url()).endsWith("#/assistants/" + name);

    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("History")).click();
    page.keyboard().press("Tab");
    page.keyboard().press("Enter");
    assertThat(page.locator("h1")).hasText("History");
    go("assistants/" + name);
    assertThat(field(page, "First message")).hasValue("");
  }

  @Test
  void whoSavesOverSomebodyElsesChangeIsAsked() {
    String name = assistant("page-" + UUID.randomUUID());
    Page other = browser.signedIn("assistants/" + name);
    field(other, "First message").fill("Theirs");
    button(other, "Save").click();
    assertThat(other.getByRole(AriaRole.STATUS).last()).containsText("Saved");

    field(page, "First message").fill("Mine");
    button(page, "Save").click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("Somebody else changed it");
    assertThat(field(page, "First message")).hasValue("Mine");
    button(page, "Show theirs, discard mine").click();
    assertThat(field(page, "First message")).hasValue("Theirs");

    field(other, "First message").fill("Theirs again");
    button(other, "Save").click();
    assertThat(other.getByRole(AriaRole.STATUS).last()).containsText("Saved");
    field(page, "First message").fill("Mine after all");
    button(page, "Save").click();
    button(page, "Save mine over theirs").click();
    assertThat(page.getByRole(AriaRole.STATUS).last()).containsText("Saved");
    other.reload();
    assertThat(field(other, "First message")).hasValue("Mine after all");
    other.context().close();
  }

  @Test
  void thoseOfTheSettingsAreShownAndSaySo() {
    go("assistants/default");

    assertThat(page.locator(".notice")).containsText("application.yml");
    assertThat(page.locator("main")).containsText("agent_sandbox");
    assertThat(page.locator("main input, main textarea, main button")).hasCount(0);
    go("assistants/announcement");
    assertThat(page.locator("h1")).hasText("announcement");
    go("assistants/nobody");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("no assistant is named that");
  }

  @Test
  void aRestaurantIsMadeChangedWithWhatIsBookedInItAndClosed() {
    go("reservations");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("New restaurant")).click();
    String name = "Chez " + UUID.randomUUID();
    field(page, "Name").fill(name);
    field(page, "Number").fill("12");
    field(page, "Time zone").fill("Europe/Berlin");
    button(page, "Add a day").click();
    field(page, "Special day 1").fill("2031-12-24");
    button(page, "Create restaurant").click();
    assertThat(field(page, "Number")).isFocused();
    assertThat(field(page, "Number")).hasAccessibleDescription(Pattern.compile(".*E\\.164.*"));
    field(page, "Number").fill(number());
    button(page, "Create restaurant").click();
    assertThat(button(page, "Close for good")).isVisible();
    String id = page.url().replaceAll(".*/", "");
    assertThat(page.locator("h1")).hasText(name);

    String booked = book(id);
    button(page, "Remove table 1").click();
    for (String day :
        new String[] {
          "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
        }) {
      field(page, day + " opens").fill("12:00");
      field(page, day + " closes").fill("15:00");
    }
    button(page, "Save").click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("its table would be gone");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText(booked);
    assertThat(button(page, "Save, and keep them booked")).hasCount(0);
    button(page, "Add a table").click();
    field(page, "Table 2, name").fill("1");
    button(page, "Save").click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("it would not be open then");
    button(page, "Save, and keep them booked").click();
    assertThat(page.getByRole(AriaRole.STATUS).last()).containsText("Saved");

    button(page, "Close for good").click();
    button(page, "Really close for good").click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("the guest is yet to come");
    go("reservations");
    Locator cancel =
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Cancel " + booked));
    cancel.click();
    assertThat(cancel).hasCount(0);
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name)).click();
    button(page, "Close for good").click();
    button(page, "Really close for good").click();
    assertThat(page.locator("h1")).hasText("Reservations");
    assertThat(page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name)))
        .hasCount(0);
    assertThat(page.getByRole(AriaRole.TABLE, new Page.GetByRoleOptions().setName("Booked tables")))
        .containsText(name);
  }

  /// A table for two in a week, at eight: its code.
  private String book(String restaurant) {
    Object code =
        page.evaluate(
            """
            async (restaurant) => {
              const day = new Date(Date.now() + 7 * 86400e3).toISOString().slice(0, 10);
              const token = document.cookie.split('; ').find((c) => c.startsWith('XSRF-TOKEN=')).slice(11);
              const answer = await fetch('/api/v1/reservations', { method: 'POST',
                headers: { 'Content-Type': 'application/json', 'X-XSRF-TOKEN': token, 'Idempotency-Key': crypto.randomUUID() },
                body: JSON.stringify({ restaurantId: restaurant, startsAt: day + 'T20:00', partySize: 2, guestName: 'Ann', guestPhone: '+4930123456' }) });
              return (await answer.json()).code;
            }
            """,
            restaurant);
    assertThat(code).isInstanceOf(String.class);
    return String.valueOf(code);
  }
}
