package dev.callbridge.elevenlabs;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import reactor.util.retry.Retry.RetrySignal;

/// The opening of one conversation: tried again while nobody is there yet, the failure is one that
/// passes, and there is time. Once the agent is ready nothing is tried again: what follows is a
/// conversation, and half of it cannot be said twice.
final class Opening {

  /// From the first step to [FromAgent.Ready], all tries together. Longer than this, and the caller
  /// has hung up.
  static final Duration BUDGET = Duration.ofSeconds(6);

  static final int MAX_RETRIES = 2;

  /// The longest pause before the first retry; twice that before the second.
  private static final Duration PAUSE = Duration.ofMillis(250);

  /// In less than this nothing is opened.
  private static final Duration LEAST = Duration.ofMillis(500);

  /// What another try may not meet again. Everything else it would.
  private static final Pattern PASSES =
      Pattern.compile(
          "signed_url_(timeout|unreachable|(408|429|5\\d\\d).*)|unknown_host"
              + "|connect_(timeout|refused)|tls_timeout|connection_lost(_on_upgrade)?"
              + "|upgrade_(timeout|refused|408|429|5\\d\\d)|metadata_timeout|refused_(1006|1011)");

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private final String callId;
  private final Counter retries;
  private final long began = System.nanoTime();
  private volatile boolean ready;
  private volatile @Nullable AgentException last;

  Opening(String callId, Counter retries) {
    this.callId = callId;
    this.retries = retries;
  }

  /// The conversation, opened as often as it takes. Its caller is subscribed to by the one that
  /// becomes ready.
  Flux<FromAgent> of(Flux<FromAgent> conversation) {
    return conversation
        .doOnNext(this::listen)
        .retryWhen(Retry.from(failures -> failures.concatMap(this::again)))
        .timeout(Mono.delay(BUDGET), _ -> Mono.never(), Flux.error(this::tooLate));
  }

  private void listen(FromAgent event) {
    if (!ready && event instanceof FromAgent.Ready) {
      ready = true;
    }
  }

  private Mono<Long> again(RetrySignal failed) {
    if (ready
        || failed.totalRetries() >= MAX_RETRIES
        || !(failed.failure() instanceof AgentException e)
        || !PASSES.matcher(e.reason()).matches()) {
      return Mono.error(failed.failure());
    }
    Duration pause = pause(failed.totalRetries(), e.retryAfter());
    Duration taken = Duration.ofNanos(System.nanoTime() - began);
    if (taken.plus(pause).plus(LEAST).compareTo(BUDGET) > 0) {
      return Mono.error(e);
    }
    last = e;
    retries.increment();
    LOG.info(
        "call {}: agent not reached ({}), again in {} ms", callId, e.reason(), pause.toMillis());
    return Mono.delay(pause);
  }

  /// Anywhere up to the longest, so that calls which failed together do not come back together; and
  /// not before the platform wants to be asked again.
  private static Duration pause(long retriesBefore, @Nullable Duration retryAfter) {
    long longest = PAUSE.toMillis() << retriesBefore;
    Duration jitter = Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest + 1));
    return retryAfter == null ? jitter : retryAfter.plus(jitter);
  }

  /// In seconds; a date is not worth reading for a wait of seconds.
  static @Nullable Duration retryAfter(@Nullable String header) {
    return header == null || !header.matches("\\d{1,6}")
        ? null
        : Duration.ofSeconds(Long.parseLong(header));
  }

  /// Why the tries before the last one failed says more than that time is up.
  private AgentException tooLate() {
    AgentException before = last;
    return before == null ? new AgentException("setup_timeout") : before;
  }
}
