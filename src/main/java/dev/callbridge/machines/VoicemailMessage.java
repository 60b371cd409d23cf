package dev.callbridge.machines;

import dev.callbridge.twilio.TwiML;
import java.net.URI;

/// What is spoken to a machine.
final class VoicemailMessage {

  /// Twilio's bound on a document that comes with a request.
  static final int MAX_TWIML = 4_000;

  private VoicemailMessage() {}

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
