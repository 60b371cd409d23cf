package dev.callbridge.outbound;

import dev.callbridge.call.QuotaExceededException;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// A call that is refused because of a quota, told so that a program can wait for it.
final class QuotaProblem extends ErrorResponseException {

  /// Calls take minutes; nobody knows when the next one is over.
  private static final Duration UNTIL_A_CALL_ENDS = Duration.ofSeconds(15);

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.access");

  private QuotaProblem(ProblemDetail problem, Duration wait) {
    super(HttpStatus.TOO_MANY_REQUESTS, problem, null);
    getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, wait.toSeconds())));
  }

  static QuotaProblem of(QuotaExceededException exceeded, String name, Instant now) {
    String quota = exceeded.quota().field();
    Instant freesAt = exceeded.freesAt();
    LOG.warn("{}: call refused, its quota {} of {} is used up", name, quota, exceeded.limit());
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.TOO_MANY_REQUESTS,
            "%s: all of %d are used; one is free %s"
                .formatted(
                    quota,
                    exceeded.limit(),
                    freesAt == null ? "when a call has ended" : "at " + freesAt));
    problem.setProperty("quota", quota);
    problem.setProperty("limit", exceeded.limit());
    problem.setProperty("freesAt", freesAt == null ? null : freesAt.toString());
    return new QuotaProblem(
        problem, freesAt == null ? UNTIL_A_CALL_ENDS : Duration.between(now, freesAt));
  }
}
