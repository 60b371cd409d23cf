package dev.callbridge.bridge;

import dev.callbridge.call.Turn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// One time that a person had a call: who, and what was said in it. For the call's thread, but for
/// [#isUnderstood].
final class Supervision {

  /// Stands for what nobody could make words of.
  static final String NOT_UNDERSTOOD = "(not understood)";

  /// Of the caller's voice, about a second; past it the newest goes.
  private static final int MAX_WAITING_FRAMES = 50;

  private final String by;
  private final Sinks.Many<byte[]> caller =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_WAITING_FRAMES));
  private final Sinks.Empty<Void> over = Sinks.empty();
  private final List<Turn> said = new ArrayList<>();
  private final AtomicInteger awaited = new AtomicInteger();
  private String unfinished = "";
  private int utterances;

  Supervision(String by) {
    this.by = by;
  }

  String by() {
    return by;
  }

  int utterances() {
    return utterances;
  }

  /// @param payload base64 text of μ-law
  void hear(byte[] payload) {
    caller.tryEmitNext(payload);
  }

  Flux<byte[]> callersVoice() {
    return caller.asFlux();
  }

  /// What the caller is saying, as far as it is understood.
  void callerSays(String text) {
    unfinished = text;
  }

  void callerSaid(String text) {
    unfinished = "";
    said.add(turn(Turn.Role.CALLER, text));
  }

  String unfinished() {
    return unfinished;
  }

  /// @return where its words belong, once they are known
  int supervisorSays() {
    utterances++;
    awaited.incrementAndGet();
    said.add(turn(Turn.Role.SUPERVISOR, NOT_UNDERSTOOD));
    return said.size() - 1;
  }

  void supervisorSaid(int place, String text) {
    said.set(place, turn(Turn.Role.SUPERVISOR, text));
    awaited.decrementAndGet();
  }

  /// Whether every utterance's words are known, or never will be.
  boolean isUnderstood() {
    return awaited.get() == 0;
  }

  /// For the agent.
  String meanwhile() {
    return Recap.meanwhile(said);
  }

  void end() {
    over.tryEmitEmpty();
  }

  Mono<Void> over() {
    return over.asMono();
  }

  private static Turn turn(Turn.Role role, String text) {
    return new Turn(0, role, text, text, null, false, Instant.EPOCH);
  }
}
