package dev.callbridge.live;

import dev.callbridge.call.CallState;
import dev.callbridge.call.Direction;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a subscriber wants to see. An empty set and null ask for nothing.
///
/// An event that takes a call out of a state is seen by those who watch that state: they would go
/// on showing it.
///
/// @param levels how loud both voices are, twice a second
record StreamFilter(
    @Nullable UUID call,
    Set<CallState> states,
    Set<String> assistants,
    @Nullable Direction direction,
    boolean levels) {

  boolean wants(Frame frame) {
    return (call == null || call.equals(frame.call()))
        && (states.isEmpty() || states.contains(frame.state()) || states.contains(frame.before()))
        && (assistants.isEmpty() || assistants.contains(frame.assistant()))
        && (direction == null || direction == frame.direction());
  }
}
