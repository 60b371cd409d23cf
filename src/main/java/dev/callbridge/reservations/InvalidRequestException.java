package dev.callbridge.reservations;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// A request that cannot be carried out as it is. Every field that is wrong is named with what is
/// wrong with it.
final class InvalidRequestException extends ErrorResponseException {

  /// @param field its path in the body, or the parameter's or header's name
  record FieldError(String field, String problem) {}

  InvalidRequestException(List<FieldError> errors) {
    super(HttpStatus.BAD_REQUEST, problem(errors), null);
  }

  InvalidRequestException(String field, String problem) {
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

  /// What a tool would have said: of a field, or of a world in which it cannot be done.
  static ErrorResponseException of(Refusal refusal) {
    return refusal.field().isEmpty()
        ? new ErrorResponseException(
            HttpStatus.CONFLICT,
            ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, refusal.words()),
            null)
        : new InvalidRequestException(refusal.field(), refusal.words());
  }
}
