package dev.callbridge.call;

import static dev.callbridge.call.CallEvent.Kind.*;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When a call that is still open is overdue, and somebody asks what became of it.
final class SettleDeadline {

  /// What is on its way when the carrier has said that a call is over has come by then.
  static final Duration TRAILING = Duration.ofSeconds(3);

  private static final Duration SLACK = Duration.ofSeconds(15);
  private static final Duration TO_BE_DIALLED = Duration.ofSeconds(30);
  private static final Duration TO_BE_CONNECTED = Duration.ofSeconds(30);

  private SettleDeadline() {}

  static Instant of(Call call, Evidence evidence) {
    CallPlan plan = call.plan();
    if (plan.carrier() == Carrier.BROWSER && evidence.sessions() == 0) {
      return call.created().plus(MediaTickets.LIFETIME).plus(SLACK);
    }
    Optional<CallEvent> end = evidence.carrierEnd();
    if (end.isPresent()) {
      return end.get().at().plus(TRAILING);
    }
    Instant begin =
        evidence.first(VOICE_WEBHOOK).map(CallEvent::at).orElseGet(() -> dialled(call, evidence));
    Optional<Instant> answered = evidence.answered().map(CallEvent::at);
    if (evidence.sessions() > 0 && evidence.allSessionsEnded()) {
      return evidence.lastSession().orElseThrow().at().plus(SLACK);
    } else if (evidence.sessions() > 0) {
      return answered.orElse(begin).plus(plan.maxDuration()).plus(SLACK);
    } else if (answered.isPresent()) {
      return answered.get().plus(TO_BE_CONNECTED);
    } else if (evidence.dialed() != null || evidence.has(VOICE_WEBHOOK)) {
      return begin.plus(plan.ringTimeout()).plus(SLACK);
    }
    return evidence
        .first(DIAL_UNCONFIRMED)
        .map(e -> e.at().plus(TRAILING))
        .orElseGet(() -> call.created().plus(TO_BE_DIALLED));
  }

  private static Instant dialled(Call call, Evidence evidence) {
    Instant dialled = evidence.dialed();
    return dialled == null ? call.created() : dialled;
  }
}
