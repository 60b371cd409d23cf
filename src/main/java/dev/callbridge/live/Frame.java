package dev.callbridge.live;

import dev.callbridge.call.CallState;
import dev.callbridge.call.Direction;
import dev.callbridge.call.Position;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One server-sent event, encoded once for all who get it, and what they choose by.
///
/// @param position null where it moves no cursor
/// @param before the call's state before it
@SuppressWarnings("ArrayRecordComponent")
record Frame(
    @Nullable Position position,
    UUID call,
    CallState before,
    CallState state,
    String assistant,
    Direction direction,
    byte[] bytes) {}
