package dev.callbridge.diagnostics;

import dev.callbridge.elevenlabs.AgentAccess;
import dev.callbridge.elevenlabs.AgentProfile;
import dev.callbridge.elevenlabs.Subscription;
import dev.callbridge.elevenlabs.Workspace;
import dev.callbridge.twilio.TwilioAccount;
import dev.callbridge.twilio.TwilioSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// What the vendors say, each thing asked once for all who want to know it at a time, and kept for
/// a few seconds: however often somebody asks us, the vendors are asked that often.
///
/// Agents are those of the configured assistants, so there are only so many.
@Component
class Facts {

  /// From the question to the whole answer. All are asked at the same time, so this bounds the
  /// whole.
  static final Duration ANSWER = Duration.ofSeconds(6);

  private final Duration keep;
  private final Mono<TwilioAccount.Standing> standing;
  private final Mono<Optional<TwilioAccount.Number>> number;
  private final Function<String, Mono<Optional<String>>> signedUrl;
  private final Function<String, Mono<AgentProfile>> agent;
  private final Function<String, Mono<Subscription>> subscription;
  private final Function<String, Mono<Long>> liveCount;

  Facts(
      DiagnosticsSettings settings,
      TwilioSettings twilio,
      TwilioAccount account,
      AgentAccess access,
      Workspace workspace) {
    keep = settings.keep();
    standing = shared(Mono.defer(account::standing));
    number = shared(Mono.defer(() -> account.number(String.valueOf(twilio.phoneNumber()))));
    signedUrl = each(access::refusal);
    agent = each(workspace::agent);
    subscription = each(workspace::subscription);
    liveCount = each(workspace::liveCount);
  }

  /// One of that, however many want it, for as long as it is kept.
  <T> Mono<T> shared(Mono<T> question) {
    return shared(question, keep);
  }

  static <T> Mono<T> shared(Mono<T> question, Duration keep) {
    return shared(question, keep, Schedulers.parallel());
  }

  static <T> Mono<T> shared(Mono<T> question, Duration keep, Scheduler timer) {
    return question.timeout(ANSWER, timer).cache(keep, timer);
  }

  private <T> Function<String, Mono<T>> each(Function<String, Mono<T>> question) {
    Map<String, Mono<T>> asked = new ConcurrentHashMap<>();
    return agentId ->
        asked.computeIfAbsent(agentId, id -> shared(Mono.defer(() -> question.apply(id))));
  }

  Mono<TwilioAccount.Standing> standing() {
    return standing;
  }

  /// The configured number, empty where the account has no such.
  Mono<Optional<TwilioAccount.Number>> number() {
    return number;
  }

  /// The word for why no signed URL was given, empty where one was.
  Mono<Optional<String>> signedUrl(String agentId) {
    return signedUrl.apply(agentId);
  }

  Mono<AgentProfile> agent(String agentId) {
    return agent.apply(agentId);
  }

  Mono<Subscription> subscription(String agentId) {
    return subscription.apply(agentId);
  }

  Mono<Long> liveCount(String agentId) {
    return liveCount.apply(agentId);
  }
}
