package dev.callbridge.speech;

/// What text-to-speech is told.
public sealed interface ToSpeak {

  String context();

  /// Begins a context. At most [TextToSpeech#MAX_CONTEXTS] may be unfinished at a time.
  record Begin(String context) implements ToSpeak {}

  /// A whole sentence, spoken at once.
  record Say(String context, String text) implements ToSpeak {
    @Override
    public String toString() {
      return "Say[" + context + ", " + text.length() + " characters]";
    }
  }

  /// Nothing more will be said in it; what was said is spoken to its end.
  record Finish(String context) implements ToSpeak {}

  /// Nobody listens any more. Audio may still come, and then [Spoken.Finished].
  record Abandon(String context) implements ToSpeak {}
}
