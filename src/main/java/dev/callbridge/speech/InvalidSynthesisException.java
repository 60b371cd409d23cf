package dev.callbridge.speech;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// Something that cannot be spoken as it is asked for. Every field that is wrong is named.
final class InvalidSynthesisException extends ErrorResponseException {

  /// @param field its path in the body
  record FieldError(String field, String problem) {}

  InvalidSynthesisException(List<FieldError> errors) {
    super(HttpStatus.BAD_REQUEST, problem(errors), null);
  }

  private static ProblemDetail problem(List<FieldError> errors) {
    FieldError first = errors.getFirst();
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.BAD_REQUEST, first.field() + " " + first.problem());
    problem.setProperty("errors", errors);
    return problem;
  }
}
