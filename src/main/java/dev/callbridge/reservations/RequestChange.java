package dev.callbridge.reservations;

import dev.callbridge.requests.InvalidRequestException;
import dev.callbridge.reservations.Requests.Decision;
import dev.callbridge.reservations.ReservationRequest.DecidedBy;
import dev.callbridge.reservations.ReservationRequest.Status;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// What a person has settled with the restaurant or the guest, as the API takes it.
///
/// @param agreedAt with `CONFIRMED`; a person may have agreed to what no agent may
/// @param reason with `DECLINED` and `NEEDS_ATTENTION`
record RequestChange(
    @Nullable String status,
    @Nullable String agreedAt,
    @Nullable String reference,
    @Nullable String reason) {

  /// @throws InvalidRequestException naming every field that is wrong
  Decision check(ZoneId zone) {
    FieldCheck check = new FieldCheck();
    Status wanted = Query.one("status", status, Status.class);
    if (wanted == null || wanted == Status.CALLING || wanted == Status.PENDING) {
      throw InvalidRequestException.badRequest(
          "status", "is not one of CONFIRMED, DECLINED, NEEDS_ATTENTION");
    }
    Instant at = wanted == Status.CONFIRMED ? check.instant("agreedAt", agreedAt, zone) : null;
    if (wanted != Status.CONFIRMED && agreedAt != null) {
      check.add("agreedAt", "is of CONFIRMED only");
    }
    String why = check.optional("reason", reason, 200);
    Decision decision =
        new Decision(
            wanted,
            DecidedBy.PERSON,
            wanted == Status.CONFIRMED ? null : why == null ? "person" : why,
            at,
            check.optional("reference", reference, 100),
            null);
    check.orThrow();
    return decision;
  }
}
