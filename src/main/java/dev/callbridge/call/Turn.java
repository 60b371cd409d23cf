package dev.callbridge.call;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One turn of a conversation.
///
/// @param position from 0, in order of speaking
/// @param text what was said; for the agent, what it meant to say; for a supervisor, what it was
///   understood to be, and empty until then
/// @param heard what the caller was played of it; for the caller, the same as `text`
/// @param corrected the agent's own account of how far it got, where it gave one
/// @param interrupted the caller cut in
/// @param latency of a turn of the agent's that answers the caller, else null
public record Turn(
    int position,
    Role role,
    String text,
    String heard,
    @Nullable String corrected,
    boolean interrupted,
    Instant at,
    @Nullable Latency latency) {

  /// A second session's turns come after any the first one had.
  public static final int PER_SESSION = 1_000;

  /// One of which it is not known how long it took.
  public Turn(
      int position,
      Role role,
      String text,
      String heard,
      @Nullable String corrected,
      boolean interrupted,
      Instant at) {
    this(position, role, text, heard, corrected, interrupted, at, null);
  }

  public enum Role {
    AGENT,
    CALLER,
    /// A person who has taken the call over, in the agent's voice.
    SUPERVISOR
  }

  @Override
  public String toString() {
    return "Turn[" + position + " " + role + "]";
  }
}
