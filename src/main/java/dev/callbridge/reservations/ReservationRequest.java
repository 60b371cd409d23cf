package dev.callbridge.reservations;

import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A table that a guest wants in a restaurant which has to be called for it.
///
/// @param earliest with `latest` what an agent may agree to without asking the guest
/// @param reason why a person is to look at it, or what the restaurant said when it declined
/// @param callId the last call about it
/// @param offeredAt what the restaurant offered last that the guest did not allow
record ReservationRequest(
    UUID id,
    String restaurantName,
    String restaurantPhone,
    ZoneId zone,
    String guestName,
    @Nullable String guestPhone,
    int partySize,
    Instant wantedAt,
    Instant earliest,
    Instant latest,
    @Nullable String note,
    String assistant,
    Status status,
    @Nullable String reason,
    @Nullable DecidedBy decidedBy,
    @Nullable UUID callId,
    @Nullable Instant agreedAt,
    @Nullable String reference,
    @Nullable Instant offeredAt,
    Instant created,
    Instant updated) {

  /// `CONFIRMED` and `DECLINED` are what somebody said: an agent by a tool, the analysis of the
  /// call, or a person. A call that only took place says nothing.
  enum Status {
    PENDING,
    CALLING,
    CONFIRMED,
    DECLINED,
    NEEDS_ATTENTION
  }

  enum DecidedBy {
    TOOL,
    ANALYSIS,
    PERSON
  }

  boolean allows(Instant at) {
    return !at.isBefore(earliest) && !at.isAfter(latest);
  }

  ReservationRequest calling(UUID call) {
    return new ReservationRequest(
        id,
        restaurantName,
        restaurantPhone,
        zone,
        guestName,
        guestPhone,
        partySize,
        wantedAt,
        earliest,
        latest,
        note,
        assistant,
        Status.CALLING,
        null,
        null,
        call,
        null,
        null,
        null,
        created,
        updated);
  }

  String bounds() {
    return earliest.equals(latest)
        ? "only " + Words.when(wantedAt, zone)
        : "from " + Words.when(earliest, zone) + " to " + Words.when(latest, zone);
  }

  @Override
  public String toString() {
    return "ReservationRequest[" + id + ", " + status + "]";
  }
}
