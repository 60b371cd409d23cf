package dev.callbridge.reservations;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A reservation as the API gives it.
record ReservationResource(
    UUID id,
    String code,
    UUID restaurantId,
    String table,
    String guestName,
    String guestPhone,
    int partySize,
    Instant startsAt,
    Instant endsAt,
    @Nullable String note,
    Reservation.Status status,
    Reservation.MadeBy madeBy,
    @Nullable UUID callId,
    Instant createdAt,
    Instant updatedAt) {

  static ReservationResource of(Reservation it) {
    return new ReservationResource(
        it.id(),
        it.code(),
        it.restaurantId(),
        it.table(),
        it.guestName(),
        it.guestPhone(),
        it.partySize(),
        it.starts(),
        it.ends(),
        it.note(),
        it.status(),
        it.madeBy(),
        it.callId(),
        it.created(),
        it.updated());
  }
}
