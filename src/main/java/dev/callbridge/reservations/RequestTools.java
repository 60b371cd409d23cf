package dev.callbridge.reservations;

import dev.callbridge.reservations.Requests.Decision;
import dev.callbridge.reservations.ReservationRequest.DecidedBy;
import dev.callbridge.reservations.ReservationRequest.Status;
import dev.callbridge.tools.ToolRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What the tools for calls to restaurants have in common. They are about the request that the call
/// was placed for, and about no other: no argument names it.
@Component
class RequestTools {

  final Requests requests;
  final Acts acts;

  RequestTools(Requests requests, Acts acts) {
    this.requests = requests;
    this.acts = acts;
  }

  Mono<ReservationRequest> request(ToolRequest call) {
    return requests
        .ofCall(call.callId())
        .switchIfEmpty(
            Mono.error(() ->
                Refusal.conflict("This call is not about a reservation that somebody asked for.")));
  }

  /// @throws Refusal when the guest did not allow it
  void checkParty(ReservationRequest request, Arguments arguments) {
    if (arguments.has("party_size") && arguments.party() != request.partySize()) {
      throw Refusal.conflict(
          "It has to be for %s. Nothing else may be agreed to."
              .formatted(Words.people(request.partySize())));
    }
  }

  static Refusal outside(ReservationRequest request, Instant at) {
    return Refusal.conflict(
        "%s may not be agreed to: the guest allows %s. Ask for a time within that; if there is none, say that the guest will be asked, and end the call."
            .formatted(Words.when(at, request.zone()), request.bounds()));
  }

  Mono<ReservationRequest> confirm(
      ReservationRequest request, Instant at, @Nullable String reference) {
    return decide(
        request, new Decision(Status.CONFIRMED, DecidedBy.TOOL, null, at, reference, null));
  }

  Mono<ReservationRequest> decline(ReservationRequest request, String reason) {
    return decide(request, new Decision(Status.DECLINED, DecidedBy.TOOL, reason, null, null, null));
  }

  private Mono<ReservationRequest> decide(ReservationRequest request, Decision decision) {
    return requests
        .decide(request, decision)
        .switchIfEmpty(
            Mono.error(() -> Refusal.conflict("That request has been settled by a person.")));
  }

  static ObjectNode told(String result, String say) {
    ObjectNode told = JsonMapper.shared().createObjectNode();
    told.put("result", result);
    told.put("say", say);
    return told;
  }
}
