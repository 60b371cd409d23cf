package dev.callbridge.assistants;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// An agent that says one thing, asks to confirm it where that is wanted, and hangs up.
///
/// @param text what it says; `{{variables}}` are the call's
/// @param confirmKey pressed to confirm, or null
/// @param confirmWords any of them said confirms; without any nobody listens for words
/// @param repeatKey pressed to hear it again, or null
/// @param repeatWords the same by word, where words are listened for
/// @param ask spoken behind the text where it is to be confirmed; null for English made of the keys
/// @param thanks spoken once it is confirmed; empty for nothing
/// @param goodbye spoken where it was not confirmed; empty for nothing
/// @param answerWithin so long a silence after it was heard, and it is said again, once
/// @param times it is said no more often than this
/// @param voiceId speaks, where neither the call nor the assistant names a voice
public record AnnouncementSettings(
    String text,
    @Nullable String confirmKey,
    @DefaultValue List<String> confirmWords,
    @Nullable String repeatKey,
    @DefaultValue({"again", "repeat"}) List<String> repeatWords,
    @Nullable String ask,
    @DefaultValue(THANKS) String thanks,
    @DefaultValue(GOODBYE) String goodbye,
    @DefaultValue("6s") Duration answerWithin,
    @DefaultValue("3") int times,
    @DefaultValue(VOICE) String voiceId,
    @DefaultValue(SPEECH_MODEL) String speechModel,
    @DefaultValue(TRANSCRIPTION_MODEL) String transcriptionModel) {

  static final String THANKS = "Thank you. Goodbye.";
  static final String GOODBYE = "Goodbye.";
  static final Duration ANSWER_WITHIN = Duration.ofSeconds(6);
  static final int TIMES = 3;
  static final List<String> REPEAT_WORDS = List.of("again", "repeat");
  static final String VOICE = "21m00Tcm4TlvDq8ikWAM";
  static final String SPEECH_MODEL = "eleven_flash_v2_5";
  static final String TRANSCRIPTION_MODEL = "scribe_v2_realtime";

  static final String KEY = "[0-9*#]";
  static final String WORD = "[\\p{L}\\p{N}' -]{1,40}";
  static final int MAX_WORDS = 20;
  static final int MAX_TIMES = 5;

  public AnnouncementSettings {
    confirmWords = List.copyOf(confirmWords);
    repeatWords = List.copyOf(repeatWords);
    if (text == null || text.isBlank() || text.length() > Template.MAX_TEXT) {
      throw new IllegalArgumentException(
          "announcement.text: needs 1 to %d characters".formatted(Template.MAX_TEXT));
    }
    key("confirm-key", confirmKey);
    key("repeat-key", repeatKey);
    if (confirmKey != null && confirmKey.equals(repeatKey)) {
      throw new IllegalArgumentException("announcement.repeat-key: is the confirm-key too");
    }
    words("confirm-words", confirmWords);
    words("repeat-words", repeatWords);
    if (times < 1 || times > MAX_TIMES) {
      throw new IllegalArgumentException(
          "announcement.times: is %d, not from 1 to %d".formatted(times, MAX_TIMES));
    }
    if (answerWithin.toMillis() < 100 || answerWithin.toSeconds() > 60) {
      throw new IllegalArgumentException(
          "announcement.answer-within: is not from 0.1 to 60 seconds");
    }
  }

  private static void key(String field, @Nullable String key) {
    if (key != null && !key.matches(KEY)) {
      throw new IllegalArgumentException("announcement." + field + ": is no key of 0-9, * and #");
    }
  }

  private static void words(String field, List<String> words) {
    if (words.size() > MAX_WORDS || !words.stream().allMatch(word -> word.matches(WORD))) {
      throw new IllegalArgumentException(
          "announcement." + field + ": has what is no word, or more than " + MAX_WORDS);
    }
  }

  public boolean isToBeConfirmed() {
    return confirmKey != null || !confirmWords.isEmpty();
  }

  /// What is asked, empty where nothing is.
  public String question() {
    if (!isToBeConfirmed()) {
      return "";
    } else if (ask != null) {
      return ask;
    }
    List<String> ways = new ArrayList<>();
    if (confirmKey != null) {
      ways.add("press " + name(confirmKey));
    }
    if (!confirmWords.isEmpty()) {
      ways.add("say " + confirmWords.getFirst());
    }
    String again = repeatKey == null ? "" : " To hear this again, press " + name(repeatKey) + ".";
    return "To confirm, " + String.join(" or ", ways) + "." + again;
  }

  private static String name(String key) {
    return switch (key) {
      case "*" -> "star";
      case "#" -> "pound";
      default -> key;
    };
  }

  /// Texts are somebody's business.
  @Override
  public String toString() {
    return "AnnouncementSettings[]";
  }
}
