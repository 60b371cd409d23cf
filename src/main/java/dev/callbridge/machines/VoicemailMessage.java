package dev.callbridge.machines;

import dev.callbridge.twilio.TwiML;
import java.net.URI;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is spoken to a machine.
final class VoicemailMessage {

  /// Twilio's bound on a document that comes with a request.
  static final int MAX_TWIML = 4_000;

  private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\s*(\\w{1,64})\\s*}}");

  private VoicemailMessage() {}

  /// Each `{{name}}` becomes its value, and nothing where it has none.
  static String fill(String template, Map<String, Object> variables) {
    return VARIABLE
        .matcher(template)
        .replaceAll(name ->
            Matcher.quoteReplacement(String.valueOf(variables.getOrDefault(name.group(1), ""))));
  }

  /// The end of a text that is too long is left out.
  static String twiml(String text, String language, URI next) {
    String spoken = text;
    String document = TwiML.say(new TwiML.Sentence(spoken, language), next);
    while (document.length() > MAX_TWIML && !spoken.isEmpty()) {
      // A character may be up to five in the document.
      int tooMany = Math.max(1, (document.length() - MAX_TWIML) / 5);
      spoken = spoken.substring(0, Math.max(0, spoken.length() - tooMany));
      document = TwiML.say(new TwiML.Sentence(spoken, language), next);
    }
    return document;
  }
}
