package dev.callbridge.live;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallResource;
import dev.callbridge.call.CallState;
import dev.callbridge.call.CallTruth;
import dev.callbridge.call.Direction;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A call as the stream tells of it: what a screen shows, in the names of the whole resource.
record CallView(
    UUID id,
    Direction direction,
    String assistant,
    String from,
    String to,
    CallState state,
    @Nullable Outcome outcome,
    @Nullable EndedBy endedBy,
    @Nullable String reason,
    @Nullable String answeredBy,
    CallResource.Timings timings) {

  static CallView of(Call call) {
    CallPlan plan = call.plan();
    CallTruth truth = call.truth();
    return new CallView(
        call.id(),
        plan.direction(),
        plan.assistant(),
        plan.from(),
        plan.to(),
        truth.state(),
        truth.outcome(),
        truth.endedBy(),
        truth.reason(),
        truth.answeredBy(),
        CallResource.Timings.of(call));
  }
}
