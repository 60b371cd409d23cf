package dev.callbridge.agent;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// An agent that could not be reached, or was lost.
public final class AgentException extends RuntimeException {

  private final String reason;
  private final @Nullable Duration retryAfter;

  /// @param reason a fixed word or two with underscores, such as `upgrade_timeout`; it ends up in
  ///   the row, the log and metrics, so nothing of the conversation belongs in it
  public AgentException(String reason) {
    this(reason, null);
  }

  /// @param retryAfter how long the agent's platform asked to be left alone, or null
  public AgentException(String reason, @Nullable Duration retryAfter) {
    super("the agent was not reached or was lost: " + reason, null, false, false);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }

  public String reason() {
    return reason;
  }

  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
