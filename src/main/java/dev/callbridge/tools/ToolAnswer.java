package dev.callbridge.tools;

import java.util.Locale;

/// What became of one tool call.
///
/// @param how in a word, for metrics and evidence
public record ToolAnswer(ToolResult result, How how) {

  public enum How {
    DONE,
    /// The tool understood and says no.
    REFUSED,
    /// No tool of that name is here for this agent.
    UNKNOWN,
    /// The arguments do not fit its schema.
    INVALID,
    /// The call has had as many tool calls as it may.
    SPENT,
    /// Too many use the tool at once.
    BUSY,
    /// It failed often and is left alone for a while.
    CIRCUIT_OPEN,
    TIMED_OUT,
    FAILED,
    /// The database is away, so nobody knows whether it was done before.
    UNAVAILABLE;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static ToolAnswer of(ToolResult result) {
    return new ToolAnswer(result, result.isError() ? How.REFUSED : How.DONE);
  }

  static ToolAnswer of(How how, String why) {
    return new ToolAnswer(ToolResult.refused(why), how);
  }

  static ToolAnswer late() {
    return of(
        How.TIMED_OUT, "It took too long. It is not known whether it was done: do not promise it.");
  }

  static ToolAnswer failed() {
    return of(How.FAILED, "It does not work at the moment.");
  }
}
