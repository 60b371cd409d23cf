package dev.callbridge.steering;

import dev.callbridge.steering.Settled.Why;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// A command that was not done, in a word for programs and a sentence for people.
final class SteeringProblem extends ErrorResponseException {

  SteeringProblem(Why why) {
    super(status(why), problem(why), null);
  }

  private static ProblemDetail problem(Why why) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status(why), sentence(why));
    problem.setProperty("reason", why.word());
    return problem;
  }

  private static HttpStatus status(Why why) {
    return switch (why) {
      case NOT_TAKEN, NOT_KNOWN -> HttpStatus.GATEWAY_TIMEOUT;
      default -> HttpStatus.CONFLICT;
    };
  }

  private static String sentence(Why why) {
    return switch (why) {
      case CALL_ENDED -> "the call is over";
      case NOT_CONNECTED -> "the agent is not on the line";
      case AGENT_STALLED -> "the agent takes nothing in at the moment; it was not told";
      case NOT_TRANSFERABLE -> "this call cannot be transferred: it ends here, or is on its way";
      case NOBODY_ANSWERS -> "the call was transferred too often already, and nobody answered";
      case LINE_BUSY -> "what was asked for before is still sounding";
      case TAKEN_OVER -> "a person has taken the call over";
      case NOT_TAKEN_OVER -> "nobody has taken the call over, or the agent has it again";
      case ANNOUNCEMENT -> "an announcement cannot be taken over";
      case TOO_MANY ->
          "the call has had %d commands, which is the most".formatted(CommandStore.MAX_OF_A_CALL);
      case NOT_TAKEN -> "no instance that has the call took it in time; it will not be done";
      case NOT_KNOWN -> "the instance that took it is gone; it may have been done";
    };
  }
}
