package dev.callbridge.call;

import java.time.Instant;
import java.util.UUID;

/// A call as it is stored: the plan, and what has come of it.
public record Call(UUID id, CallPlan plan, CallTruth truth, Instant created) {

  public boolean isOver() {
    return truth.state() == CallState.ENDED;
  }
}
