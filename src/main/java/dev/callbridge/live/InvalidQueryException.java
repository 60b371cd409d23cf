package dev.callbridge.live;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// A query that cannot be answered as it is. Every parameter that is wrong is named with what is
/// wrong with it.
final class InvalidQueryException extends ErrorResponseException {

  /// @param field the parameter's or the header's name
  record FieldError(String field, String problem) {}

  InvalidQueryException(List<FieldError> errors) {
    super(HttpStatus.BAD_REQUEST, problem(errors), null);
  }

  InvalidQueryException(String field, String problem) {
    this(List.of(new FieldError(field, problem)));
  }

  private static ProblemDetail problem(List<FieldError> errors) {
    FieldError first = errors.getFirst();
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.BAD_REQUEST, first.field() + ": " + first.problem());
    problem.setProperty("errors", errors);
    return problem;
  }
}
