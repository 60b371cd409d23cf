package dev.callbridge.live;

import io.r2dbc.spi.R2dbcException;
import java.util.concurrent.TimeoutException;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/// What is said when the database does not answer.
final class Unavailable {

  private Unavailable() {}

  static Throwable orOther(Throwable e) {
    return e instanceof TimeoutException
            || e instanceof R2dbcException
            || e instanceof DataAccessException
        ? new ResponseStatusException(
            HttpStatus.SERVICE_UNAVAILABLE, "the database does not answer", e)
        : e;
  }
}
