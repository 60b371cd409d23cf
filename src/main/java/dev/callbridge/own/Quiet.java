package dev.callbridge.own;

import dev.callbridge.assistants.OwnAgentSettings;

/// How long nobody has said anything, and how often that was asked about.
final class Quiet {

  private final long limit;
  private final int mostPrompts;
  private int prompts;
  private long since;

  Quiet(OwnAgentSettings settings) {
    this.limit = settings.silence().toNanos();
    this.mostPrompts = settings.prompts();
  }

  /// The agent speaks, or something is going on.
  void broken(long now) {
    since = now;
  }

  /// The caller has said something.
  void answered(long now) {
    since = now;
    prompts = 0;
  }

  boolean isTooLong(long now) {
    return now - since > limit;
  }

  /// Asks once more.
  ///
  /// @return false when it was asked often enough
  boolean askAgain(long now) {
    since = now;
    return prompts++ < mostPrompts;
  }
}
