package dev.callbridge.call;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which calls are looked for. An empty set, an empty map and null ask for nothing.
///
/// @param number the caller's or the called
/// @param from when the call was created, at the earliest
/// @param until when it was created, before this
/// @param metadata values at the top level, a number or a boolean by its text
public record CallFilter(
    Set<CallState> states,
    Set<Outcome> outcomes,
    Set<String> assistants,
    @Nullable Direction direction,
    @Nullable String number,
    @Nullable Instant from,
    @Nullable Instant until,
    Map<String, String> metadata) {

  public static final CallFilter ALL =
      new CallFilter(Set.of(), Set.of(), Set.of(), null, null, null, null, Map.of());
}
