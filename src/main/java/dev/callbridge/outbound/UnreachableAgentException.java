package dev.callbridge.outbound;

import dev.callbridge.assistants.AgentReach.Obstacle;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// A call that is known not to reach its agent: nobody's phone rings for it. Says what the
/// diagnostics say.
final class UnreachableAgentException extends ErrorResponseException {

  /// Somebody has to mend something first; what is known is renewed sooner than this.
  private static final String RETRY_AFTER_SECONDS = "30";

  UnreachableAgentException(Obstacle obstacle) {
    super(HttpStatus.SERVICE_UNAVAILABLE, problem(obstacle), null);
    getHeaders().set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
  }

  private static ProblemDetail problem(Obstacle obstacle) {
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.SERVICE_UNAVAILABLE,
            "the call would not reach its agent: " + obstacle.detail());
    problem.setTitle("The agent cannot be reached");
    problem.setProperty("step", obstacle.step());
    problem.setProperty("remedy", obstacle.remedy());
    return problem;
  }
}
