package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import dev.callbridge.speech.TextToSpeech;
import dev.callbridge.speech.ToSpeak;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// The contexts of one text-to-speech socket. One that was abandoned counts until it is finished
/// over there, so a sixth waits for that. For one thread at a time.
final class Contexts {

  /// Of one turn or several; more than models write before anybody hears it.
  private static final int MAX_WAITING = 1_024;

  private final Set<String> unfinished = new HashSet<>();

  /// Of those, the ones that are told to end. Only what these finish with is an end.
  private final Set<String> ending = new HashSet<>();

  private final ArrayDeque<ToSpeak> waiting = new ArrayDeque<>();
  private final Sinks.Many<ToSpeak> out =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_WAITING));

  Flux<ToSpeak> commands() {
    return out.asFlux();
  }

  void tell(ToSpeak command) {
    if (command instanceof ToSpeak.Abandon && drop(command.context())) {
      return;
    }
    boolean begins = command instanceof ToSpeak.Begin;
    boolean waits = waiting.stream().anyMatch(w -> begins || w.context().equals(command.context()));
    if (waits || !emit(command)) {
      if (waiting.size() >= MAX_WAITING) {
        throw new AgentException("tts_stalled");
      }
      waiting.add(command);
    }
  }

  /// That context is none of the five any more, if it was told to end.
  ///
  /// @return whether it was
  boolean finished(String context) {
    if (!ending.remove(context)) {
      return false;
    }
    unfinished.remove(context);
    @Nullable ToSpeak next = waiting.peek();
    while (next != null && emit(next)) {
      waiting.poll();
      next = waiting.peek();
    }
    return true;
  }

  /// @return false where it has to wait
  private boolean emit(ToSpeak command) {
    if (command instanceof ToSpeak.Begin) {
      if (unfinished.size() >= TextToSpeech.MAX_CONTEXTS) {
        return false;
      }
      unfinished.add(command.context());
    } else if (!unfinished.contains(command.context()) || ending.contains(command.context())) {
      // It is over, or will be: there is nothing to say it in, and no need to end it twice.
      return true;
    }
    if (command instanceof ToSpeak.Finish || command instanceof ToSpeak.Abandon) {
      ending.add(command.context());
    }
    if (out.tryEmitNext(command).isFailure()) {
      throw new AgentException("tts_stalled");
    }
    return true;
  }

  /// @return whether it had not begun yet, and now never will
  private boolean drop(String context) {
    boolean begun = unfinished.contains(context);
    waiting.removeIf(command -> command.context().equals(context));
    return !begun;
  }
}
