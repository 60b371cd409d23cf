package dev.callbridge.speech;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.ToAgent;
import java.util.concurrent.ArrayBlockingQueue;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// The caller's side of one conversation, taken apart: the voice is for speech-to-text, and what
/// else comes is for whoever answers.
public final class CallerSide {

  /// Beside audio; the line itself lets no more wait.
  private static final int MAX_MESSAGES = 64;

  private final Sinks.Empty<Void> hungUp = Sinks.empty();
  private final Sinks.Many<ToAgent> messages =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_MESSAGES));

  /// Base64 text of μ-law 8 kHz, asked for as it is taken. Whoever reads it feeds the other two.
  public Flux<byte[]> voice(Flux<ToAgent> caller) {
    return caller
        .doOnComplete(hungUp::tryEmitEmpty)
        .handle((message, sink) -> {
          if (message instanceof ToAgent.Audio(byte[] payload)) {
            sink.next(payload);
          } else if (messages.tryEmitNext(message).isFailure()) {
            sink.error(new AgentException("stalled"));
          }
        });
  }

  public Flux<ToAgent> messages() {
    return messages.asFlux();
  }

  public Mono<Void> hungUp() {
    return hungUp.asMono();
  }
}
