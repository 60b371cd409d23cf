package dev.callbridge;

import dev.callbridge.secrets.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Agents that are put together here, and announcements, that could not be: one line for each thing
/// that is wrong with them.
///
/// @param property of the assistant
record OwnAgentCheck(Settings settings, String property) {

  /// As much of `own` as is looked at here.
  record Own(
      @Nullable String prompt,
      @Nullable Model model,
      @Nullable Dialogflow dialogflow,
      @Nullable Model fallbackModel,
      @Nullable Double stability,
      @Nullable Double similarityBoost,
      @Nullable Double style,
      @Nullable Double speed,
      @Nullable Integer interruptWords,
      @Nullable Integer prompts,
      @Nullable Duration endOfTurn,
      @Nullable Duration firstAudio,
      @Nullable Duration interruptLoud,
      @Nullable Duration silence,
      @DefaultValue List<Pronunciation> pronunciations) {}

  record Model(@Nullable URI url, @Nullable String name, @Nullable Secret apiKey) {}

  record Dialogflow(@Nullable String agent, @Nullable URI url, @Nullable Duration deadline) {}

  record Pronunciation(@Nullable String id, @Nullable String version) {}

  record Announcement(
      @Nullable String text,
      @Nullable String confirmKey,
      @Nullable String repeatKey,
      @Nullable Duration answerWithin,
      @Nullable Integer times) {}

  void check(@Nullable Own own, @Nullable Announcement announcement) {
    if (own != null && announcement != null) {
      settings.problem(property, "has both own and announcement");
    }
    if (own != null) {
      checkOwn(own);
    }
    if (announcement != null) {
      checkAnnouncement(announcement);
    }
  }

  private void checkOwn(Own own) {
    if ((own.model() == null) == (own.dialogflow() == null)) {
      problem("own", "needs either a model or dialogflow");
    }
    model("own.model", own.model());
    model("own.fallback-model", own.fallbackModel());
    if (own.dialogflow() != null) {
      if (!String.valueOf(own.dialogflow().agent())
          .matches("projects/[^/]+/locations/[^/]+/agents/.+")) {
        problem("own.dialogflow.agent", "is none such as projects/P/locations/L/agents/A");
      }
      url("own.dialogflow.url", own.dialogflow().url(), true);
      seconds("own.dialogflow.deadline", own.dialogflow().deadline(), 0.1, 30);
    }
    range("own.stability", own.stability(), 0, 1);
    range("own.similarity-boost", own.similarityBoost(), 0, 1);
    range("own.style", own.style(), 0, 1);
    range("own.speed", own.speed(), 0.7, 1.2);
    range("own.interrupt-words", own.interruptWords(), 1, 20);
    range("own.prompts", own.prompts(), 0, 10);
    seconds("own.end-of-turn", own.endOfTurn(), 0.3, 3);
    seconds("own.first-audio", own.firstAudio(), 0.1, 5);
    seconds("own.interrupt-loud", own.interruptLoud(), 0.1, 5);
    seconds("own.silence", own.silence(), 1, 3_600);
    if (own.pronunciations().size() > 3
        || own.pronunciations().stream()
            .anyMatch(it -> !isWord(it.id()) || !isWord(it.version()))) {
      problem("own.pronunciations", "are not three at most, each with an id and a version");
    }
  }

  private void checkAnnouncement(Announcement it) {
    if (it.text() == null || it.text().isBlank() || it.text().length() > 4_000) {
      problem("announcement.text", "is not there, or longer than 4000 characters");
    }
    key("announcement.confirm-key", it.confirmKey());
    key("announcement.repeat-key", it.repeatKey());
    if (it.confirmKey() != null && it.confirmKey().equals(it.repeatKey())) {
      problem("announcement.repeat-key", "is the confirm-key too");
    }
    seconds("announcement.answer-within", it.answerWithin(), 0.1, 60);
    range("announcement.times", it.times(), 1, 5);
  }

  /// The key may be a secret: it is not printed.
  private void model(String field, @Nullable Model model) {
    if (model == null) {
      return;
    } else if (model.name() == null || model.name().isBlank()) {
      problem(field + ".name", "is not set");
    }
    url(field + ".url", model.url(), model.apiKey() != null);
  }

  private void url(String field, @Nullable URI url, boolean isSecret) {
    if (url == null) {
      return;
    } else if (url.getHost() == null || url.getUserInfo() != null) {
      problem(field, "is not a URL such as https://host/v1");
    } else if (isSecret && !"https".equals(url.getScheme()) && !Settings.isThisMachine(url)) {
      problem(field, "is not https");
    }
  }

  private void key(String field, @Nullable String key) {
    if (key != null && !key.matches("[0-9*#]")) {
      problem(field, "is no key of 0-9, * and #");
    }
  }

  private static boolean isWord(@Nullable String id) {
    return id != null && id.matches("[A-Za-z0-9_-]{1,100}");
  }

  private void seconds(String field, @Nullable Duration value, double least, double most) {
    if (value != null) {
      double seconds = value.toMillis() / 1_000.0;
      if (!(seconds >= least && seconds <= most)) {
        problem(field, "is not from %s to %s seconds".formatted(least, most));
      }
    }
  }

  private void range(String field, @Nullable Number value, double least, double most) {
    if (value != null && !(value.doubleValue() >= least && value.doubleValue() <= most)) {
      problem(field, "is %s, not from %s to %s".formatted(value, least, most));
    }
  }

  private void problem(String field, String what) {
    settings.problem(property + "." + field, what);
  }
}
