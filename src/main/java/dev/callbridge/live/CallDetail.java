package dev.callbridge.live;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallNotes;
import dev.callbridge.call.CallResource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A call with everything that is known of it.
///
/// @param notes what the agent wrote down
/// @param timeline every piece of evidence, in the order of time
record CallDetail(
    @JsonUnwrapped CallResource call,
    List<CallNotes.Note> notes,
    List<Step> timeline,
    List<TurnResource> transcript) {

  /// @param offsetMs since the call was created; below zero where another clock was behind
  record Step(CallEvent.Kind kind, CallEvent.Source source, Instant at, long offsetMs) {

    static Step of(CallEvent event, Instant created) {
      long offset = Duration.between(created, event.at()).toMillis();
      return new Step(event.kind(), event.source(), event.at(), offset);
    }
  }
}
