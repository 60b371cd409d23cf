package dev.callbridge.elevenlabs;

/// A conversation that could not be fetched, sorted by what may be done next.
public final class ConversationException extends RuntimeException {

  public enum Kind {
    /// ElevenLabs has no such conversation: not yet, or not any more.
    NOT_FOUND,
    /// The key is wrong, or has not the right: asking again helps when somebody has mended that.
    REFUSED,
    /// A time-out, a 429, a 5xx, no connection: ask again later.
    UNAVAILABLE,
    /// An answer, and no sense in it.
    UNREADABLE
  }

  private final Kind kind;

  ConversationException(Kind kind, String message) {
    super("ElevenLabs, conversation: " + message, null, false, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
