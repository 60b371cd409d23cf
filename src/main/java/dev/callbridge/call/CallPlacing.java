package dev.callbridge.call;

import java.util.Map;
import java.util.UUID;
import reactor.core.publisher.Mono;

/// Places calls for features that know what is to be said in them and not how one is placed.
public interface CallPlacing {

  /// A call that somebody wants, not yet looked at.
  ///
  /// @param assistant by the name of its configuration
  record Order(
      String to, String assistant, Map<String, Object> variables, Map<String, Object> metadata) {

    @Override
    public String toString() {
      return "Order[assistant=" + assistant + "]";
    }
  }

  /// Stores the call and has it dialled, once for all requests with that idempotency key.
  ///
  /// Completes empty, and leaves nothing of `along` behind, when a call with that key is there
  /// already. What the order or the asker's rights do not allow, and what has no room, is an
  /// `ErrorResponseException` of HTTP.
  ///
  /// @param along what is stored in the same transaction: both are there, or neither. It may refer
  ///   to the call, and its error is the answer.
  Mono<Call> place(
      UUID id, Order order, CallStore.Idempotency once, CallRights rights, Mono<Void> along);
}
