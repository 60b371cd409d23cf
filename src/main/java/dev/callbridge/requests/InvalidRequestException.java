package dev.callbridge.requests;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// A request that cannot be carried out as it is. Every field that is wrong is named with what is
/// wrong with it.
public final class InvalidRequestException extends ErrorResponseException {

  /// @param field its path in the body, or the header's name
  public record FieldError(String field, String problem) {}

  public InvalidRequestException(HttpStatus status, List<FieldError> errors) {
    super(status, problem(status, errors), null);
  }

  public static InvalidRequestException badRequest(String field, String problem) {
    return new InvalidRequestException(
        HttpStatus.BAD_REQUEST, List.of(new FieldError(field, problem)));
  }

  private static ProblemDetail problem(HttpStatus status, List<FieldError> errors) {
    FieldError first = errors.getFirst();
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(status, first.field() + " " + first.problem());
    problem.setProperty("errors", errors);
    return problem;
  }
}
