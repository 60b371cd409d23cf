package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// What the model is asked, one thing at a time.
final class Questions {

  private static final int MAX_WAITING = 64;

  private final Sinks.Many<Question> asked =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_WAITING));

  /// @param messages what to answer, null to stop thinking
  record Question(int turn, @Nullable List<Message> messages) {}

  /// The last one counts.
  Flux<Question> asked() {
    return asked.asFlux();
  }

  void ask(Turn turn, History history) {
    put(new Question(turn.number, history.messages()));
  }

  void stop(Turn turn) {
    put(new Question(turn.number, null));
  }

  private void put(Question question) {
    if (asked.tryEmitNext(question).isFailure()) {
      throw new AgentException("model_stalled");
    }
  }
}
