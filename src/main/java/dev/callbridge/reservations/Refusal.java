package dev.callbridge.reservations;

import dev.callbridge.requests.InvalidRequestException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// What cannot be done, in words that an agent can say and a program's author can read.
final class Refusal extends RuntimeException {

  private final String field;

  /// @param field of the request that is at fault, or empty where the request is fine and the world
  ///   is not
  Refusal(String field, String message) {
    super(message, null, false, false);
    this.field = field;
  }

  static Refusal conflict(String message) {
    return new Refusal("", message);
  }

  String field() {
    return field;
  }

  /// As the API says it.
  ErrorResponseException answer() {
    return field.isEmpty()
        ? new ErrorResponseException(
            HttpStatus.CONFLICT,
            ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, words()),
            null)
        : InvalidRequestException.badRequest(field, words());
  }

  String words() {
    return String.valueOf(getMessage());
  }
}
