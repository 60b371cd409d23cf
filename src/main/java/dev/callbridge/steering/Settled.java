package dev.callbridge.steering;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What came of a command.
///
/// @param why null for what was done
public record Settled(@Nullable Why why) {

  /// Why it was not done.
  public enum Why {
    /// The call is over, or about to be.
    CALL_ENDED,
    /// The agent is not on the line: not yet, not any more, or not at this moment.
    NOT_CONNECTED,
    /// The agent takes nothing in.
    AGENT_STALLED,
    /// Nobody asks what comes after the call's stream, or it is being transferred already.
    NOT_TRANSFERABLE,
    /// Too many were rung already and did not answer.
    NOBODY_ANSWERS,
    /// Too many sounds wait to be played.
    LINE_BUSY,
    /// The call has had as many commands as it may.
    TOO_MANY,
    /// A person has the call: somebody else, or one in whose place the agent cannot answer.
    TAKEN_OVER,
    /// Nobody has taken the call over, so there is nothing to say in it or to give back.
    NOT_TAKEN_OVER,
    /// It says one thing and hangs up: there is no agent to be silent.
    ANNOUNCEMENT,
    /// No instance that has the call took it in time. None will.
    NOT_TAKEN,
    /// The instance that took it is gone, or could not say.
    NOT_KNOWN;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Why of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  public static Settled done() {
    return new Settled(null);
  }

  public static Settled refused(Why why) {
    return new Settled(why);
  }

  /// In a word, for evidence and metrics.
  public String word() {
    return why == null ? "done" : why.word();
  }
}
