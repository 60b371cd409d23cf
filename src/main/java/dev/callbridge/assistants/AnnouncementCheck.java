package dev.callbridge.assistants;

import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What is wrong with an announcement that somebody wants stored.
///
/// @param add takes a field and what is wrong with it
record AnnouncementCheck(BiConsumer<String, String> add) {

  private static final int MAX_SECONDS = 60;

  void check(AssistantForm form) {
    if (form.kind() != null && form.kind() != AgentKind.ANNOUNCEMENT) {
      add.accept("announcement", "is there, and kind is " + form.kind());
    }
    AnnouncementForm it = form.announcement();
    if (it == null) {
      return;
    }
    if (it.text() == null || it.text().isBlank()) {
      add.accept("announcement.text", "is missing");
    }
    text("text", it.text());
    text("ask", it.ask());
    text("thanks", it.thanks());
    text("goodbye", it.goodbye());
    key("confirmKey", it.confirmKey());
    key("repeatKey", it.repeatKey());
    if (it.confirmKey() != null && it.confirmKey().equals(it.repeatKey())) {
      add.accept("announcement.repeatKey", "is the confirmKey too");
    }
    words("confirmWords", it.confirmWords());
    words("repeatWords", it.repeatWords());
    range("answerWithinSeconds", it.answerWithinSeconds(), MAX_SECONDS);
    range("times", it.times(), AnnouncementSettings.MAX_TIMES);
  }

  private void text(String field, @Nullable String text) {
    if (text != null && text.length() > Template.MAX_TEXT) {
      add.accept("announcement." + field, "is longer than " + Template.MAX_TEXT + " characters");
    }
  }

  private void key(String field, @Nullable String key) {
    if (key != null && !key.matches(AnnouncementSettings.KEY)) {
      add.accept("announcement." + field, "is no key of 0-9, * and #");
    }
  }

  private void words(String field, @Nullable List<@Nullable String> words) {
    if (words == null) {
      return;
    } else if (words.size() > AnnouncementSettings.MAX_WORDS) {
      add.accept("announcement." + field, "are more than " + AnnouncementSettings.MAX_WORDS);
    }
    for (@Nullable String word : words) {
      if (word == null || !word.matches(AnnouncementSettings.WORD)) {
        add.accept("announcement." + field, "has what is no word of 40 letters at most");
        return;
      }
    }
  }

  private void range(String field, @Nullable Integer value, int most) {
    if (value != null && (value < 1 || value > most)) {
      add.accept("announcement." + field, "is " + value + ", not from 1 to " + most);
    }
  }
}
