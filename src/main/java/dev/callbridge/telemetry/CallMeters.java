package dev.callbridge.telemetry;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEnd;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallTruth;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Counts calls by how they ended, and times the steps up to the agent's first word.
@Component
final class CallMeters implements CallEnd {

  /// Some reasons hold a vendor's code. So many different ones are told apart, the rest are
  /// `other`.
  static final int MAX_REASONS = 100;

  private static final Duration[] STEPS = {
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(4),
    Duration.ofSeconds(6),
    Duration.ofSeconds(15),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60)
  };

  private final MeterRegistry meters;
  private final Set<String> reasons = ConcurrentHashMap.newKeySet();

  CallMeters(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public void ended(Call call, List<CallEvent> evidence) {
    CallTruth truth = call.truth();
    Counter.builder("callbridge.calls.ended")
        .description("Calls that are over, by how they ended")
        .tag("direction", call.plan().direction().name())
        .tag("outcome", String.valueOf(truth.outcome()))
        .tag("ended_by", String.valueOf(truth.endedBy()))
        .tag("reason", told(truth.reason()))
        .register(meters)
        .increment();
    CallTruth.Timings at = truth.timings();
    step("dial", at.dialed() == null ? null : call.created(), at.dialed());
    step("ring", at.dialed(), at.answered());
    step("agent", at.answered(), at.agentConnected());
    step("first_audio", at.agentConnected(), at.firstAgentAudio());
    if (at.answered() != null) {
      Timer.builder("callbridge.call.duration")
          .description("From the answer to the end")
          .register(meters)
          .record(between(at.answered(), at.ended()));
    }
  }

  private void step(String name, @Nullable Instant from, @Nullable Instant to) {
    if (from != null && to != null) {
      Timer.builder("callbridge.call.setup")
          .description("How long each step up to the agent's first word took")
          .tag("step", name)
          .serviceLevelObjectives(STEPS)
          .register(meters)
          .record(between(from, to));
    }
  }

  /// Two instances' clocks may differ by a little.
  private static Duration between(Instant from, @Nullable Instant to) {
    return to == null || to.isBefore(from) ? Duration.ZERO : Duration.between(from, to);
  }

  private String told(@Nullable String reason) {
    if (reason == null || !reason.matches("[a-z0-9_]{1,40}")) {
      return "other";
    }
    return reasons.contains(reason) || (reasons.size() < MAX_REASONS && reasons.add(reason))
        ? reason
        : "other";
  }
}
