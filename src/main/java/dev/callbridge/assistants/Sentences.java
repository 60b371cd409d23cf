package dev.callbridge.assistants;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is said in another language in place of the assistant's own sentences. All of them, or a
/// voice would read out words of a language that is not its own.
///
/// @param spokenLanguage as Twilio's voices name it, such as `de-DE`
/// @param voicemailMessage null where the assistant leaves none
public record Sentences(
    String unreachable,
    String reconnecting,
    String resuming,
    String handOff,
    String spokenLanguage,
    @Nullable String voicemailMessage) {

  /// @return the first field that is not there, or null
  @Nullable String missing(boolean leavesMessages) {
    if (isBlank(unreachable)) {
      return "unreachable";
    } else if (isBlank(reconnecting)) {
      return "reconnecting";
    } else if (isBlank(resuming)) {
      return "resuming";
    } else if (isBlank(handOff)) {
      return "handOff";
    } else if (isBlank(spokenLanguage)) {
      return "spokenLanguage";
    }
    return leavesMessages && isBlank(voicemailMessage) ? "voicemailMessage" : null;
  }

  /// Settings and JSON leave out what they like.
  private static boolean isBlank(@Nullable String text) {
    return text == null || text.isBlank();
  }

  /// Those of that very language, or of the language without its country.
  static @Nullable Sentences of(Map<String, Sentences> all, @Nullable String language) {
    if (language == null) {
      return null;
    }
    Sentences exact = all.get(language);
    return exact != null ? exact : all.get(language.split("-", 2)[0]);
  }
}
