package dev.callbridge.outbound;

import dev.callbridge.assistants.AgentReach;
import dev.callbridge.assistants.AgentReach.Brought;
import dev.callbridge.assistants.AgentReach.Unfit;
import dev.callbridge.call.CallPlan;
import dev.callbridge.requests.InvalidRequestException;
import dev.callbridge.requests.InvalidRequestException.FieldError;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/// Whether a call that was asked for would reach its agent and be let talk to it, as far as that is
/// known.
@Component
final class Fitness {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private final AgentReach reach;

  Fitness(AgentReach reach) {
    this.reach = reach;
  }

  /// Why nobody's phone should ring for it.
  Optional<Throwable> refusal(CallPlan plan) {
    Optional<AgentReach.Obstacle> obstacle = reach.obstacle(plan.assistant());
    if (obstacle.isPresent()) {
      LOG.warn("a call is refused: it would not reach its agent ({})", obstacle.get().step());
      return obstacle.map(UnreachableAgentException::new);
    }
    List<Unfit> unfit = reach.unfit(plan.assistant(), brought(plan));
    return unfit.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new InvalidRequestException(
                HttpStatus.UNPROCESSABLE_CONTENT,
                unfit.stream().map(each -> new FieldError(each.field(), each.problem())).toList()));
  }

  private static Brought brought(CallPlan plan) {
    Set<String> overrides = new TreeSet<>();
    if (plan.firstMessage() != null) {
      overrides.add("firstMessage");
    }
    if (plan.language() != null) {
      overrides.add("language");
    }
    if (plan.voiceId() != null) {
      overrides.add("voiceId");
    }
    return new Brought(overrides, plan.variables().keySet());
  }
}
