package dev.callbridge.reservations;

import static dev.callbridge.reservations.Rows.required;

import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Has each tool call do what it does once. That it was done, and what the agent was told, is
/// stored with what was done, in one transaction; a repeat waits for the first and is told the
/// same.
///
/// What is refused has done nothing and is not stored: asked again, it is looked at again.
@Component
class Acts {

  static final String NOT_NOW =
      "The reservation book cannot be reached right now. Nothing was changed; it may be tried again in a moment.";

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.reservations");
  private static final Duration LONGEST = Duration.ofSeconds(6);

  /// Another got there first in a way that the book's lock does not prevent: the same code, say.
  private static final Retry ANEW =
      Retry.backoff(3, Duration.ofMillis(20))
          .filter(e ->
              e instanceof DataIntegrityViolationException
                  || e instanceof TransientDataAccessException)
          .onRetryExhaustedThrow((_, signal) -> signal.failure());

  private final DatabaseClient database;
  private final TransactionalOperator transaction;

  Acts(DatabaseClient database, TransactionalOperator transaction) {
    this.database = database;
    this.transaction = transaction;
  }

  /// @param ready what is looked up before, while nothing is held
  /// @param act emits what the agent is told; its [Refusal] undoes all of it
  <T> Mono<ToolResult> once(
      ToolRequest request, String tool, Mono<T> ready, Function<T, Mono<String>> act) {
    if (request.toolCallId().isEmpty() || request.toolCallId().length() > 200) {
      return Mono.just(ToolResult.refused("The tool call has no usable id."));
    }
    Mono<String> now = ready.flatMap(it -> claimed(request, tool, Mono.defer(() -> act.apply(it))));
    return answer(
        request,
        told(request)
            .switchIfEmpty(now)
            // Maybe because of what the same tool call has done meanwhile: it has the last table.
            .onErrorResume(
                e -> e instanceof FullException || e instanceof Refusal,
                e -> told(request).switchIfEmpty(Mono.error(e))));
  }

  private Mono<String> claimed(ToolRequest request, String tool, Mono<String> act) {
    return transaction
        .transactional(
            claim(request, tool)
                .flatMap(
                    claimed -> claimed ? act.delayUntil(it -> keep(request, it)) : told(request)))
        .retryWhen(ANEW);
  }

  /// For what changes nothing.
  Mono<ToolResult> answer(ToolRequest request, Mono<String> words) {
    return words
        .onErrorResume(FullException.class, FullException::refused)
        .map(ToolResult::done)
        .timeout(LONGEST)
        .onErrorResume(Refusal.class, e -> Mono.just(ToolResult.refused(e.words())))
        .onErrorResume(e -> {
          // The message may have the guest in it.
          LOG.warn("call {}: a reservation tool failed: {}", request.callId(), e.getClass());
          return Mono.just(ToolResult.refused(NOT_NOW));
        })
        // Not cancelled at the deadline: a statement that is given up as it is written is never
        // released.
        .cache();
  }

  private Mono<Boolean> claim(ToolRequest request, String tool) {
    return database
        .sql(
            """
            INSERT INTO reservation_act (call_id, tool_call_id, tool) VALUES (:call, :toolCall, :tool)
            ON CONFLICT DO NOTHING
            """)
        .bind("call", request.callId())
        .bind("toolCall", request.toolCallId())
        .bind("tool", tool)
        .fetch()
        .rowsUpdated()
        .map(added -> added == 1);
  }

  private Mono<Long> keep(ToolRequest request, String result) {
    return database
        .sql(
            "UPDATE reservation_act SET result = :result WHERE call_id = :call AND tool_call_id = :toolCall")
        .bind("result", result)
        .bind("call", request.callId())
        .bind("toolCall", request.toolCallId())
        .fetch()
        .rowsUpdated();
  }

  private Mono<String> told(ToolRequest request) {
    return database
        .sql(
            "SELECT result FROM reservation_act WHERE call_id = :call AND tool_call_id = :toolCall")
        .bind("call", request.callId())
        .bind("toolCall", request.toolCallId())
        .map(row -> required(row, "result", String.class))
        .one();
  }
}
