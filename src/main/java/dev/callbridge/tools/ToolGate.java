package dev.callbridge.tools;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/// One tool's door: so many at a time, and nobody while it only fails. Never waits.
final class ToolGate {

  /// Of the last so many uses half have failed: it is left alone.
  static final int LOOKED_AT = 10;

  static final Duration LEFT_ALONE = Duration.ofSeconds(30);

  private static final CircuitBreakerConfig CIRCUIT =
      CircuitBreakerConfig.custom()
          .slidingWindow(
              LOOKED_AT,
              LOOKED_AT,
              SlidingWindowType.COUNT_BASED,
              CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.LOCK_FREE)
          .failureRateThreshold(50)
          .waitDurationInOpenState(LEFT_ALONE)
          .permittedNumberOfCallsInHalfOpenState(2)
          .maxWaitDurationInHalfOpenState(LEFT_ALONE)
          .build();

  private final Semaphore room;
  private final CircuitBreaker circuit;

  ToolGate(String name, int atOnce) {
    room = new Semaphore(atOnce);
    circuit = CircuitBreaker.of(name, CIRCUIT);
  }

  /// Runs it, or says why not. An error of `run` comes out as one.
  Mono<ToolAnswer> pass(Mono<ToolResult> run) {
    return Mono.defer(() -> {
      if (!room.tryAcquire()) {
        return Mono.just(
            ToolAnswer.of(
                ToolAnswer.How.BUSY, "Too many are using this just now. Try again shortly."));
      }
      return Mono.defer(() -> tryIt(run)).doFinally(_ -> room.release());
    });
  }

  private Mono<ToolAnswer> tryIt(Mono<ToolResult> run) {
    if (!circuit.tryAcquirePermission()) {
      return Mono.just(
          ToolAnswer.of(
              ToolAnswer.How.CIRCUIT_OPEN,
              "This is out of order at the moment. Go on without it."));
    }
    long began = System.nanoTime();
    return run.map(ToolAnswer::of)
        .doOnSuccess(_ -> circuit.onSuccess(System.nanoTime() - began, TimeUnit.NANOSECONDS))
        .doOnError(e -> circuit.onError(System.nanoTime() - began, TimeUnit.NANOSECONDS, e))
        .doOnCancel(circuit::releasePermission);
  }
}
