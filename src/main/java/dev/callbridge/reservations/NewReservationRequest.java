package dev.callbridge.reservations;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.requests.InvalidRequestException;
import dev.callbridge.reservations.ReservationRequest.Status;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// A table that a restaurant is to be called for, as the API takes it.
///
/// @param wantedAt with an offset, or by the restaurant's clock; so are the bounds
/// @param earliest with `latest` what may be agreed to; only `wantedAt` where they are left out
/// @param call whether to call at once, which is so where it is left out
record NewReservationRequest(
    @Nullable String restaurantName,
    @Nullable String restaurantPhone,
    @Nullable String timeZone,
    @Nullable String guestName,
    @Nullable String guestPhone,
    @Nullable Integer partySize,
    @Nullable String wantedAt,
    @Nullable String earliest,
    @Nullable String latest,
    @Nullable String note,
    @Nullable String assistant,
    @Nullable Boolean call) {

  boolean wantsCall() {
    return !Boolean.FALSE.equals(call);
  }

  /// @throws InvalidRequestException naming every field that is wrong
  ReservationRequest check(String usualAssistant, Instant now) {
    FieldCheck check = new FieldCheck();
    ZoneId zone = check.zone("timeZone", timeZone);
    Instant wanted = check.instant("wantedAt", wantedAt, zone);
    Instant from = earliest == null ? wanted : check.instant("earliest", earliest, zone);
    Instant until = latest == null ? wanted : check.instant("latest", latest, zone);
    if (wanted.isBefore(now)) {
      check.add("wantedAt", "is over");
    } else if (from.isAfter(wanted)) {
      check.add("earliest", "is after wantedAt");
    } else if (until.isBefore(wanted)) {
      check.add("latest", "is before wantedAt");
    }
    ReservationRequest request =
        new ReservationRequest(
            UuidCreator.getTimeOrderedEpoch(),
            check.text("restaurantName", restaurantName, 100),
            check.e164("restaurantPhone", restaurantPhone),
            zone,
            check.text("guestName", guestName, 100),
            check.number("guestPhone", guestPhone),
            check.from("partySize", partySize, 1, 100, null),
            wanted,
            from,
            until,
            check.optional("note", note, 500),
            assistant == null ? usualAssistant : check.text("assistant", assistant, 100),
            Status.PENDING,
            null,
            null,
            null,
            null,
            null,
            null,
            now,
            now);
    check.orThrow();
    return request;
  }
}
