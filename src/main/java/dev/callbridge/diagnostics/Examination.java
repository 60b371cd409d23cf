package dev.callbridge.diagnostics;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.diagnostics.Report.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Runs steps. All are begun at once, so the whole takes as long as the slowest; which of them mean
/// nothing, because one that they need has failed, is decided afterwards.
final class Examination {

  /// Longer than the vendors are given, so that what is told is their silence and not ours.
  static final Duration DEADLINE = Facts.ANSWER.plusSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(Examination.class);

  private Examination() {}

  /// One result for each step, in the order of the steps. Never fails.
  static Mono<List<Result>> of(List<Step> steps, Assistant assistant) {
    return of(steps, assistant, Schedulers.parallel());
  }

  static Mono<List<Result>> of(List<Step> steps, Assistant assistant, Scheduler timer) {
    return Flux.fromIterable(steps)
        .flatMapSequential(step -> run(step, assistant, timer), steps.size(), 1)
        .collectList()
        .map(findings -> results(steps, findings));
  }

  static Mono<Finding> run(Step step, Assistant assistant) {
    return run(step, assistant, Schedulers.parallel());
  }

  private static Mono<Finding> run(Step step, Assistant assistant, Scheduler timer) {
    return Mono.defer(() -> step.check().apply(assistant))
        // Nothing found because there is nothing to look at: a step that it needs says so.
        .switchIfEmpty(Mono.error(() -> new IllegalStateException("nothing to look at")))
        .timeout(DEADLINE, timer)
        .onErrorResume(e -> Mono.just(unexpected(step, e)));
  }

  private static Finding unexpected(Step step, Throwable e) {
    if (e instanceof TimeoutException) {
      return Finding.failed(
              "This could not be found out within %d s.".formatted(DEADLINE.toSeconds()),
              "Ask again. If it stays so, see whether this machine reaches the network.")
          .passing();
    }
    LOG.debug("{} could not be looked at", step.id(), e);
    return Finding.failed(
            "This could not be found out (" + e.getClass().getSimpleName() + ").",
            "Ask again. If it stays so, look into the log.")
        .passing();
  }

  private static List<Result> results(List<Step> steps, List<Finding> findings) {
    Map<String, String> blocked = new HashMap<>();
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      Optional<String> cause =
          step.needs().stream().filter(blocked::containsKey).map(blocked::get).findFirst();
      Finding finding = cause.map(Examination::skipped).orElse(findings.get(i));
      cause.ifPresent(id -> blocked.put(step.id(), id));
      if (finding.blocks()) {
        blocked.put(step.id(), step.id());
      }
      results.add(Result.of(step, finding));
    }
    return results;
  }

  private static Finding skipped(String cause) {
    return new Finding(
        State.SKIPPED,
        "Not looked at, because of " + cause + ".",
        "See to " + cause + " first.",
        false,
        false);
  }
}
