package dev.callbridge.reservations;

import dev.callbridge.requests.InvalidRequestException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A table that somebody wants booked, as the API takes it.
///
/// @param startsAt with an offset, or by the restaurant's clock
record NewReservation(
    @Nullable String restaurantId,
    @Nullable String startsAt,
    @Nullable Integer partySize,
    @Nullable String guestName,
    @Nullable String guestPhone,
    @Nullable String note) {

  /// @throws InvalidRequestException naming the field
  UUID restaurant() {
    UUID id = Query.id("restaurantId", restaurantId);
    if (id == null) {
      throw InvalidRequestException.badRequest("restaurantId", "is missing");
    }
    return id;
  }

  /// @throws InvalidRequestException naming every field that is wrong
  Booking check(Restaurant restaurant) {
    FieldCheck check = new FieldCheck();
    String phone = check.number("guestPhone", guestPhone);
    if (phone == null) {
      check.add("guestPhone", "is missing");
    }
    Booking booking =
        new Booking(
            check.instant("startsAt", startsAt, restaurant.zone()),
            check.from("partySize", partySize, 1, 100, null),
            check.text("guestName", guestName, 100),
            phone == null ? "" : phone,
            check.optional("note", note, 500));
    check.orThrow();
    return booking;
  }
}
