package dev.callbridge.reservations;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.callbridge.call.CallResource;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A request as the API gives it. Times of the visit have the restaurant's offset.
record ReservationRequestResource(
    UUID id,
    String restaurantName,
    String restaurantPhone,
    String timeZone,
    String guestName,
    @Nullable String guestPhone,
    int partySize,
    OffsetDateTime wantedAt,
    OffsetDateTime earliest,
    OffsetDateTime latest,
    @Nullable String note,
    String assistant,
    ReservationRequest.Status status,
    @Nullable String reason,
    ReservationRequest.@Nullable DecidedBy decidedBy,
    @Nullable UUID callId,
    @Nullable OffsetDateTime agreedAt,
    @Nullable String reference,
    @Nullable OffsetDateTime offeredAt,
    Instant createdAt,
    Instant updatedAt,
    @JsonProperty("_links") Map<String, String> links) {

  static ReservationRequestResource of(ReservationRequest it) {
    String self = ReservationRequestsController.PATH + "/" + it.id();
    UUID call = it.callId();
    return new ReservationRequestResource(
        it.id(),
        it.restaurantName(),
        it.restaurantPhone(),
        it.zone().getId(),
        it.guestName(),
        it.guestPhone(),
        it.partySize(),
        it.wantedAt().atZone(it.zone()).toOffsetDateTime(),
        it.earliest().atZone(it.zone()).toOffsetDateTime(),
        it.latest().atZone(it.zone()).toOffsetDateTime(),
        it.note(),
        it.assistant(),
        it.status(),
        it.reason(),
        it.decidedBy(),
        call,
        local(it.agreedAt(), it.zone()),
        it.reference(),
        local(it.offeredAt(), it.zone()),
        it.created(),
        it.updated(),
        call == null
            ? Map.of("self", self)
            : Map.of("self", self, "call", CallResource.path(call)));
  }

  private static @Nullable OffsetDateTime local(@Nullable Instant at, ZoneId zone) {
    return at == null ? null : at.atZone(zone).toOffsetDateTime();
  }
}
