package dev.callbridge.reservations;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallPlacing;
import dev.callbridge.call.CallRights;
import dev.callbridge.call.CallStore;
import dev.callbridge.requests.Bodies;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Has restaurants called. The request turns to `CALLING` in the transaction that stores the call:
/// neither is there without the other, whatever dies when.
@Component
class RestaurantCalls {

  private final CallPlacing placing;

  RestaurantCalls(CallPlacing placing) {
    this.placing = placing;
  }

  /// @param key once for which this is done
  /// @param along turns the request to calling; its error leaves no call behind
  /// @return empty when it was done for that key before
  Mono<Call> call(
      ReservationRequest request, UUID callId, String key, CallRights rights, Mono<Void> along) {
    // The space keeps it apart from the keys of calls that are placed by themselves.
    byte[] hash = Bodies.sha256(null);
    var once = new CallStore.Idempotency(rights.name(), "reservation " + key, hash);
    var order =
        new CallPlacing.Order(
            request.restaurantPhone(),
            request.assistant(),
            variables(request),
            Map.of("reservationRequest", request.id().toString()));
    return placing.place(callId, order, once, rights, along);
  }

  /// What the agent is told.
  static Map<String, Object> variables(ReservationRequest it) {
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("restaurant_name", it.restaurantName());
    variables.put("guest_name", it.guestName());
    variables.put("guest_phone", it.guestPhone() == null ? "" : it.guestPhone());
    variables.put("party_size", it.partySize());
    variables.put("reservation_date", it.wantedAt().atZone(it.zone()).toLocalDate().toString());
    variables.put("reservation_time", Words.clock(it.wantedAt(), it.zone()));
    variables.put("wanted", Words.when(it.wantedAt(), it.zone()));
    variables.put("allowed", it.bounds());
    variables.put("note", it.note() == null ? "" : it.note());
    return variables;
  }
}
