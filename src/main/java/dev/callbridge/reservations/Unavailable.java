package dev.callbridge.reservations;

import java.util.concurrent.TimeoutException;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.TransactionException;
import org.springframework.web.server.ResponseStatusException;

/// When the database does not answer in time.
final class Unavailable {

  private Unavailable() {}

  static boolean isMeant(Throwable failure) {
    return failure instanceof TimeoutException
        || failure instanceof DataAccessException
        || failure instanceof TransactionException;
  }

  static ResponseStatusException again(Throwable failure) {
    return new ResponseStatusException(
        HttpStatus.SERVICE_UNAVAILABLE,
        "it could not be stored; ask again with the same Idempotency-Key",
        failure);
  }
}
