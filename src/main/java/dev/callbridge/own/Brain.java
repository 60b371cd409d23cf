package dev.callbridge.own;

import java.util.List;
import reactor.core.publisher.Flux;

/// What thinks of an answer.
@FunctionalInterface
interface Brain {

  /// One answer, as it is thought of. Completes when it is whole; cancelling stops the thinking.
  /// Fails with an [dev.callbridge.agent.AgentException] whose reason begins with `model_`.
  Flux<Thought> think(List<Message> conversation);
}
