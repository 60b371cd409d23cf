package dev.callbridge.call;

import io.r2dbc.spi.R2dbcException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/// What is said wherever the database does not answer and nobody knows better.
@RestControllerAdvice
class DatabaseAway {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");
  private static final String RETRY_AFTER_SECONDS = "5";

  @ExceptionHandler({
    DataAccessResourceFailureException.class,
    TransientDataAccessException.class,
    R2dbcException.class,
    TransactionException.class,
    TimeoutException.class
  })
  ResponseEntity<ProblemDetail> unavailable(Exception e) {
    LOG.warn("a request is refused, the database does not answer: {}", e.toString());
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
        .body(
            ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE,
                "the database does not answer; ask again, with the same Idempotency-Key if there was one"));
  }
}
