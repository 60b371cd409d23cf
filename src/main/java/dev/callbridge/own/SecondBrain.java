package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;

/// Asks another where the first has not begun to answer. Half an answer is not begun anew: its
/// words have been spoken.
record SecondBrain(Brain first, Brain second, Runnable onUse) implements Brain {

  @Override
  public Flux<Thought> think(List<Message> conversation) {
    return Flux.defer(() -> {
      AtomicBoolean begun = new AtomicBoolean();
      return first
          .think(conversation)
          .doOnNext(_ -> begun.set(true))
          .onErrorResume(
              e -> e instanceof AgentException && !begun.get(),
              e -> {
                onUse.run();
                String reason = e instanceof AgentException why ? why.reason() : "";
                return Flux.<Thought>just(new Thought.Instead(reason))
                    .concatWith(second.think(conversation));
              });
    });
  }
}
