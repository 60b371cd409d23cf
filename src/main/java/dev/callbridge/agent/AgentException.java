package dev.callbridge.agent;

/// An agent that could not be reached, or was lost.
public final class AgentException extends RuntimeException {

  private final String reason;

  /// @param reason a fixed word or two with underscores, such as `upgrade_timeout`; it ends up in
  ///   the row, the log and metrics, so nothing of the conversation belongs in it
  public AgentException(String reason) {
    super("the agent was not reached or was lost: " + reason, null, false, false);
    this.reason = reason;
  }

  public String reason() {
    return reason;
  }
}
