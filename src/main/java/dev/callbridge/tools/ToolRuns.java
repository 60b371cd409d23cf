package dev.callbridge.tools;

import dev.callbridge.tools.ToolAnswer.How;
import dev.callbridge.tools.ToolLedger.Begun;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/// Runs tool calls that may be run: each once, however often it comes, here and on other instances.
final class ToolRuns {

  static final int MAX_RESULT = 16 * 1024;

  /// Who was to run it has had its time, and this to say so.
  static final Duration SLACK = Duration.ofSeconds(5);

  /// How often to look whether another instance is done.
  private static final Duration AGAIN = Duration.ofMillis(250);

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private final ToolLedger ledger;
  private final int perCall;
  private final Scheduler threads;
  private final Map<ToolUse.Key, Mono<ToolAnswer>> underWay = new ConcurrentHashMap<>();

  /// @param perCall tool calls that one phone call may have
  ToolRuns(ToolLedger ledger, int perCall, Scheduler threads) {
    this.ledger = ledger;
    this.perCall = perCall;
    this.threads = threads;
  }

  /// One that is under way here is waited for by all who ask, and cancelled when none is left.
  Mono<ToolAnswer> of(Tool tool, ToolGate gate, ToolUse use) {
    ToolUse.Key key = use.key();
    return underWay.computeIfAbsent(
        key,
        _ ->
            Mono.defer(() -> begun(tool, gate, use))
                .doFinally(_ -> underWay.remove(key))
                .flux()
                .replay(1)
                .refCount()
                .next());
  }

  private Mono<ToolAnswer> begun(Tool tool, ToolGate gate, ToolUse use) {
    Duration deadline = tool.deadline();
    UUID runner = UUID.randomUUID();
    return Mono.defer(() -> ledger.begin(use, runner, deadline.plus(SLACK), perCall))
        .onErrorResume(e -> {
          LOG.warn("call {}: no ledger for the tool {}: {}", use.callId(), use.name(), where(e));
          return Mono.empty();
        })
        .publishOn(threads)
        .map(begun -> turn(tool, gate, use, runner, begun))
        .defaultIfEmpty(Mono.defer(() -> withoutLedger(tool, gate, use)))
        .flatMap(answer -> answer)
        .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, AGAIN).filter(Elsewhere.class::isInstance))
        .timeout(deadline.plus(ToolLedger.TIMEOUT), Mono.fromSupplier(ToolAnswer::late));
  }

  private Mono<ToolAnswer> turn(Tool tool, ToolGate gate, ToolUse use, UUID runner, Begun begun) {
    return switch (begun.turn()) {
      case RUN ->
          run(tool, gate, use)
              .delayUntil(answer ->
                  ledger
                      .done(use, runner, answer.result())
                      .onErrorResume(e -> {
                        LOG.warn(
                            "call {}: a tool's result is not stored: {}", use.callId(), where(e));
                        return Mono.empty();
                      }));
      case BUSY -> Mono.error(new Elsewhere());
      case DONE -> Mono.just(ToolAnswer.of(Objects.requireNonNull(begun.known())));
      case SPENT -> Mono.just(ToolAnswer.of(How.SPENT, "No more tools can be used in this call."));
      case OTHER ->
          Mono.just(ToolAnswer.of(How.INVALID, "This tool call's id was used for another one."));
    };
  }

  /// The database is away: what changes something might be done twice.
  private Mono<ToolAnswer> withoutLedger(Tool tool, ToolGate gate, ToolUse use) {
    return tool.isReadOnly()
        ? run(tool, gate, use)
        : Mono.just(
            ToolAnswer.of(
                How.UNAVAILABLE,
                "This cannot be done at the moment. Offer to try again in a minute."));
  }

  private Mono<ToolAnswer> run(Tool tool, ToolGate gate, ToolUse use) {
    Mono<ToolResult> run =
        Mono.defer(() -> tool.run(use.request()))
            .switchIfEmpty(Mono.error(() -> new IllegalStateException("it gave no result")));
    return gate.pass(inTime(run, tool.deadline()))
        .map(ToolRuns::bounded)
        .onErrorResume(e ->
            switch (e) {
              case TimeoutException _ -> Mono.just(ToolAnswer.late());
              case ToolException known -> {
                LOG.warn("call {}: {}: {}", use.callId(), tool.name(), known.words());
                yield Mono.just(ToolAnswer.of(How.FAILED, known.words()));
              }
              default -> {
                // Its message may hold what was said.
                LOG.warn("call {}: the tool {} failed: {}", use.callId(), tool.name(), where(e));
                yield Mono.just(ToolAnswer.failed());
              }
            });
  }

  /// By the clock too: on a machine that is busy an answer may overtake the timer.
  private static Mono<ToolResult> inTime(Mono<ToolResult> run, Duration deadline) {
    return Mono.defer(() -> {
      long begun = System.nanoTime();
      return run.timeout(deadline)
          .handle((result, answer) -> {
            if (System.nanoTime() - begun > deadline.toNanos()) {
              answer.error(new TimeoutException("it came after its deadline"));
            } else {
              answer.next(result);
            }
          });
    });
  }

  static String where(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return e.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  /// The database takes no zero characters.
  private static ToolAnswer bounded(ToolAnswer answer) {
    String text = answer.result().text().replace('\0', ' ');
    String cut = text.substring(0, Math.min(text.length(), MAX_RESULT));
    return new ToolAnswer(new ToolResult(cut, answer.result().isError()), answer.how());
  }

  /// Another instance runs it.
  private static final class Elsewhere extends RuntimeException {
    Elsewhere() {
      super("another instance runs it", null, false, false);
    }
  }
}
