package dev.callbridge.live;

import dev.callbridge.call.Latency;
import dev.callbridge.call.Turn;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What was said, and what of it was heard.
///
/// @param position rises through a call, with gaps where it was connected anew
/// @param latency how long an answer of the agent took, as far as that is known
record TurnResource(
    int position,
    Turn.Role role,
    String text,
    String heard,
    @Nullable String corrected,
    boolean interrupted,
    Instant at,
    @Nullable Latency latency) {

  static TurnResource of(Turn turn) {
    return new TurnResource(
        turn.position(),
        turn.role(),
        turn.text(),
        turn.heard(),
        turn.corrected(),
        turn.interrupted(),
        turn.at(),
        turn.latency());
  }

  @Override
  public String toString() {
    return "TurnResource[" + role + "]";
  }
}
