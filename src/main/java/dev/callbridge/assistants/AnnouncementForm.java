package dev.callbridge.assistants;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An announcement as the API takes and gives it. What is left out is as in [AnnouncementSettings].
record AnnouncementForm(
    @Nullable String text,
    @Nullable String confirmKey,
    @Nullable List<@Nullable String> confirmWords,
    @Nullable String repeatKey,
    @Nullable List<@Nullable String> repeatWords,
    @Nullable String ask,
    @Nullable String thanks,
    @Nullable String goodbye,
    @Nullable Integer answerWithinSeconds,
    @Nullable Integer times) {

  static AnnouncementForm of(AnnouncementSettings it) {
    return new AnnouncementForm(
        it.text(),
        it.confirmKey(),
        List.copyOf(it.confirmWords()),
        it.repeatKey(),
        List.copyOf(it.repeatWords()),
        it.ask(),
        it.thanks(),
        it.goodbye(),
        Math.toIntExact(Math.max(1, it.answerWithin().toSeconds())),
        it.times());
  }

  /// What is checked already.
  AnnouncementSettings settings() {
    return new AnnouncementSettings(
        text == null ? "" : text,
        confirmKey,
        AssistantForm.known(confirmWords),
        repeatKey,
        repeatWords == null ? AnnouncementSettings.REPEAT_WORDS : AssistantForm.known(repeatWords),
        ask,
        thanks == null ? AnnouncementSettings.THANKS : thanks,
        goodbye == null ? AnnouncementSettings.GOODBYE : goodbye,
        answerWithinSeconds == null
            ? AnnouncementSettings.ANSWER_WITHIN
            : Duration.ofSeconds(answerWithinSeconds),
        times == null ? AnnouncementSettings.TIMES : times,
        AnnouncementSettings.VOICE,
        AnnouncementSettings.SPEECH_MODEL,
        AnnouncementSettings.TRANSCRIPTION_MODEL);
  }

  @Override
  public String toString() {
    return "AnnouncementForm[]";
  }
}
