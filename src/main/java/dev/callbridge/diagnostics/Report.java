package dev.callbridge.diagnostics;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Every step, in order, as the API gives them.
///
/// @param state the worst of the steps'
record Report(
    String assistant, String agentId, State state, Instant checkedAt, List<Result> steps) {

  record Result(String id, String title, State state, String detail, @Nullable String remedy) {

    static Result of(Step step, Finding finding) {
      return new Result(
          step.id(), step.title(), finding.state(), finding.detail(), finding.remedy());
    }
  }

  static Report of(String assistant, String agentId, Instant checkedAt, List<Result> steps) {
    State worst = steps.stream().map(Result::state).max(Enum::compareTo).orElse(State.PASSED);
    return new Report(assistant, agentId, worst, checkedAt, steps);
  }
}
