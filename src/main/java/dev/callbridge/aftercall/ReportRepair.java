package dev.callbridge.aftercall;

import dev.callbridge.aftercall.AfterCallSettings.Schedule;
import dev.callbridge.aftercall.Tasks.Kind;
import dev.callbridge.aftercall.Tasks.Task;
import dev.callbridge.elevenlabs.ConversationException;
import dev.callbridge.elevenlabs.ConversationReport;
import dev.callbridge.elevenlabs.Conversations;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Fetches the reports of conversations whose webhook did not come.
@Component
class ReportRepair {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private static final int BATCH = 20;
  private static final int CONCURRENCY = 4;

  private final Tasks tasks;
  private final Landing landing;
  private final Conversations conversations;
  private final Schedule schedule;
  private final MeterRegistry meters;

  ReportRepair(
      Tasks tasks,
      Landing landing,
      Conversations conversations,
      AfterCallSettings settings,
      MeterRegistry meters) {
    this.tasks = tasks;
    this.landing = landing;
    this.conversations = conversations;
    this.schedule = settings.report().schedule();
    this.meters = meters;
    count("fetched", 0);
  }

  Mono<Void> round() {
    return landing
        .adopt()
        .then(tasks.settleReported())
        .thenMany(tasks.claim(Kind.REPORT, schedule, BATCH))
        .flatMap(this::repair, CONCURRENCY)
        .then(tasks.expire(Kind.REPORT, schedule))
        .doOnNext(given -> {
          if (given > 0) {
            LOG.warn("{} conversations have no report and are given up", given);
            count("given_up", given);
          }
        })
        .then();
  }

  /// What fails comes again at its next attempt, which is set already.
  private Mono<Void> repair(Task task) {
    return conversations
        .fetch(task.key())
        .filter(ConversationReport::isFinal)
        .flatMap(report ->
            landing
                .land(task.callId(), report, Reports.Source.FETCH)
                .then(tasks.done(task))
                .doOnSuccess(_ -> {
                  LOG.info("call {}: its report was fetched", task.callId());
                  count("fetched", 1);
                }))
        .onErrorResume(e -> {
          LOG.warn(
              "call {}: attempt {} to fetch its report failed: {}",
              task.callId(),
              task.attempt(),
              e.toString());
          count(e instanceof ConversationException known ? known.kind().name() : "FAILED", 1);
          return Mono.empty();
        });
  }

  private void count(String result, long times) {
    meters
        .counter("callbridge.aftercall.reports", "result", result.toLowerCase(Locale.ROOT))
        .increment(times);
  }
}
