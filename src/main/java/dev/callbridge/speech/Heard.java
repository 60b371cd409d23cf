package dev.callbridge.speech;

/// What speech-to-text makes of a caller. The text kinds do not print.
public sealed interface Heard {

  /// It listens.
  record Started() implements Heard {}

  /// What has been said since the last [Committed], as far as it is understood. Replaces the one
  /// before it, and may be empty.
  record Partial(String text) implements Heard {
    @Override
    public String toString() {
      return "Partial[" + text.length() + " characters]";
    }
  }

  /// The caller has paused: this is settled. May be empty, and may come twice.
  record Committed(String text) implements Heard {
    @Override
    public String toString() {
      return "Committed[" + text.length() + " characters]";
    }
  }
}
