package dev.callbridge.twilio;

import dev.callbridge.twilio.TwilioRestException.Kind;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/// Keeps calls from being asked for with credentials that Twilio has just refused: it would refuse
/// them again, and locks out who insists. One try in half a minute finds out when they are good.
final class Credentials {

  static final Duration LEFT_ALONE = Duration.ofSeconds(30);

  private static final int UNAUTHORIZED = 401;
  private static final int AUTHENTICATE = 20003;

  /// A window of one that is lock-free breaks in resilience4j 2.4.
  private static final CircuitBreakerConfig CIRCUIT =
      CircuitBreakerConfig.custom()
          .slidingWindow(
              1,
              1,
              SlidingWindowType.COUNT_BASED,
              SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
          .failureRateThreshold(100)
          .recordException(
              e -> e instanceof TwilioRestException twilio && twilio.status() == UNAUTHORIZED)
          .waitDurationInOpenState(LEFT_ALONE)
          .permittedNumberOfCallsInHalfOpenState(1)
          .maxWaitDurationInHalfOpenState(LEFT_ALONE)
          .build();

  private final CircuitBreaker circuit = CircuitBreaker.of("twilio-credentials", CIRCUIT);

  /// The request, or [Kind#NOT_ASKED] without sending it.
  <T> Mono<T> with(Mono<T> request) {
    return Mono.defer(() -> {
      if (!circuit.tryAcquirePermission()) {
        return Mono.error(
            new TwilioRestException(
                Kind.NOT_ASKED,
                UNAUTHORIZED,
                AUTHENTICATE,
                "Twilio REST: not asked, it refuses our credentials"));
      }
      return request
          .doOnSuccess(_ -> circuit.onSuccess(0, TimeUnit.NANOSECONDS))
          .doOnError(e -> circuit.onError(0, TimeUnit.NANOSECONDS, e))
          .doOnCancel(circuit::releasePermission);
    });
  }
}
