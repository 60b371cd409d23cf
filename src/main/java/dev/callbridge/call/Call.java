package dev.callbridge.call;

import com.github.f4b6a3.uuid.factory.standard.TimeOrderedEpochFactory;
import java.time.Instant;
import java.util.UUID;

/// A call as it is stored: the plan, and what has come of it.
public record Call(UUID id, CallPlan plan, CallTruth truth, Instant created) {

  /// One for each thread: a shared one has a lock, and an event loop would wait for it.
  private static final ThreadLocal<TimeOrderedEpochFactory> IDS =
      ThreadLocal.withInitial(TimeOrderedEpochFactory::new);

  /// An id for a new call: a UUID of version 7, so that ids sort by time.
  public static UUID newId() {
    return IDS.get().create();
  }

  public boolean isOver() {
    return truth.state() == CallState.ENDED;
  }
}
