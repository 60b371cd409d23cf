package dev.callbridge.bridge;

import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.tools.ToolAnswer;
import dev.callbridge.tools.ToolAnswer.How;
import dev.callbridge.tools.ToolResult;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// What the agent of one session asks to be done. The voices do not wait for it: it runs elsewhere,
/// and each tool call gets one answer, as soon as there is one.
///
/// ## Termination
///
/// [#answering] never completes. Cancelled, as the session's end does, it stops what runs: nobody
/// is left to answer.
final class ToolCalls {

  /// Of one session.
  static final int AT_ONCE = 4;

  static final int MAX_WAITING = 16;

  /// What an agent that only calls tools may do to the evidence. Past it it is told so and no more.
  static final int MAX_IN_A_SESSION = 200;

  private static final ToolAnswer TOO_MANY =
      new ToolAnswer(ToolResult.refused("Too many tools are used at once."), How.BUSY);

  private static final ToolAnswer NOT_NOW =
      new ToolAnswer(
          ToolResult.refused("A person of the team has the call; nothing is done now."),
          How.REFUSED);

  private final Sinks.Many<Asked> asked =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_WAITING));

  private final ToolDesk desk;
  private final SessionEvidence evidence;
  private final DeadAir deadAir;
  private final CallerLine line;
  private int count;

  /// @param key of its evidence
  /// @param at when it was asked
  private record Asked(FromAgent.ToolCall call, String key, long at) {}

  ToolCalls(ToolDesk desk, SessionEvidence evidence, DeadAir deadAir, CallerLine line) {
    this.desk = desk;
    this.evidence = evidence;
    this.deadAir = deadAir;
    this.line = line;
  }

  void asked(FromAgent.ToolCall call) {
    if (count >= MAX_IN_A_SESSION) {
      send(call, TOO_MANY);
      return;
    }
    count++;
    Asked one =
        new Asked(call, evidence.toolCalled(call.toolCallId(), call.name()), System.nanoTime());
    deadAir.toolCalled();
    if (asked.tryEmitNext(one).isFailure()) {
      answer(one, TOO_MANY);
    }
  }

  /// While a person has the call.
  void refuse(FromAgent.ToolCall call) {
    if (count++ < MAX_IN_A_SESSION) {
      String key = evidence.toolCalled(call.toolCallId(), call.name());
      evidence.toolAnswered(key, call.name(), NOT_NOW, 0);
    }
    send(call, NOT_NOW);
  }

  Mono<Void> answering() {
    return asked
        .asFlux()
        .flatMap(
            one ->
                desk.use(one.call().toolCallId(), one.call().name(), one.call().parameters())
                    .doOnNext(answer -> answer(one, answer)),
            AT_ONCE)
        .then();
  }

  private void answer(Asked one, ToolAnswer answer) {
    long millis = Duration.ofNanos(System.nanoTime() - one.at()).toMillis();
    evidence.toolAnswered(one.key(), one.call().name(), answer, millis);
    send(one.call(), answer);
    deadAir.toolAnswered();
  }

  /// Refused by the line only when the agent takes nothing any more.
  private void send(FromAgent.ToolCall call, ToolAnswer answer) {
    ToolResult result = answer.result();
    line.offer(new ToAgent.ToolResult(call.toolCallId(), result.text(), result.isError()));
  }
}
