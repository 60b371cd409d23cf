package dev.callbridge.steering;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A command as it is stored, and how far it has come.
///
/// @param isOver its call has ended
/// @param isOverdue nobody may take it any more
record Given(
    UUID id,
    UUID callId,
    Command.Kind kind,
    State state,
    @Nullable String reason,
    Instant at,
    boolean isOver,
    boolean isOverdue) {

  enum State {
    WAITING,
    TAKEN,
    DONE,
    REFUSED,
    EXPIRED,
    UNKNOWN;

    boolean isSettled() {
      return this != WAITING && this != TAKEN;
    }
  }

  /// @param isSame the request was the same one, to the letter
  record Earlier(Given given, boolean isSame) {}
}
