package dev.callbridge.reservations;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a guest wants, checked for its form but not yet against the restaurant.
record Booking(
    Instant start, int party, String guestName, String guestPhone, @Nullable String note) {

  /// Who wants it, so that it is made once however often it is asked for.
  ///
  /// @param hash of an API request's body: the same key with another body is another request
  record Origin(
      @Nullable UUID callId,
      @Nullable String toolCallId,
      @Nullable String apiKey,
      @Nullable String idempotencyKey,
      byte @Nullable [] hash) {

    static Origin call(UUID callId, String toolCallId) {
      return new Origin(callId, toolCallId, null, null, null);
    }

    static Origin api(String apiKey, String idempotencyKey, byte[] hash) {
      return new Origin(null, null, apiKey, idempotencyKey, hash);
    }
  }

  @Override
  public String toString() {
    return "Booking[" + start + ", " + party + "]";
  }
}
