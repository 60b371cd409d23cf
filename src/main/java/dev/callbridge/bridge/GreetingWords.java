package dev.callbridge.bridge;

import dev.callbridge.call.Heard;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What machines say when they answer, in the languages that are called most. Phrases, not words: a
/// person may well say "message".
final class GreetingWords {

  /// Screening comes first: its greeting may speak of a voicemail too.
  private static final Map<Heard, Pattern> SAID =
      Map.of(
          Heard.CALL_SCREENING,
          any(
              "state your name",
              "say your name and",
              "screening service",
              "who is calling and why",
              "diga su nombre y",
              "dites votre nom et",
              "nennen sie ihren namen und"),
          Heard.IVR,
          any(
              "press (one|two|zero|[0-9]|star|pound)\\b",
              "(our|the) menu options",
              "listen carefully",
              "(pulse|oprima|marque) (uno|dos|cero|[0-9])\\b",
              "(tapez|appuyez sur)( le)? (un|deux|z\u00e9ro|[0-9])\\b",
              "dr\u00fccken sie( die)? (eins|zwei|null|[0-9])\\b"),
          Heard.VOICEMAIL,
          any(
              "leave (me |us )?(a|your) (short |brief |detailed )?message",
              "(after|at) the (tone|beep)",
              "reached the (voice ?mail|mailbox)",
              "your call has been forwarded",
              "is not available to take your call",
              "deje (un|su) mensaje",
              "despu\u00e9s del tono|despu\u00e9s de la se\u00f1al",
              "laissez (un|votre) message|laisser un message",
              "apr\u00e8s le (bip|signal)",
              "hinterlassen sie (eine|ihre) nachricht",
              "nach dem (signal)?ton",
              "lasci(ate|are)? un messaggio",
              "dopo il segnale",
              "deixe (uma|a sua|sua) mensagem|ap\u00f3s o sinal"));

  private static final List<Heard> ORDER =
      List.of(Heard.CALL_SCREENING, Heard.IVR, Heard.VOICEMAIL);

  private GreetingWords() {}

  static Optional<Heard> in(String text) {
    return ORDER.stream()
        .filter(what -> SAID.getOrDefault(what, any()).matcher(plain(text)).find())
        .findFirst();
  }

  private static String plain(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ");
  }

  private static Pattern any(String... phrases) {
    return Pattern.compile(
        phrases.length == 0 ? "(?!)" : "\\b(?:" + String.join("|", phrases) + ")");
  }
}
