package dev.callbridge.aftercall;

import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallStore;
import dev.callbridge.elevenlabs.ConversationReport;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Where a report of one of our calls is stored, and becomes evidence.
@Component
class Landing {

  private final Reports reports;
  private final CallStore calls;
  private final Clock clock = Clock.systemUTC();

  Landing(Reports reports, CallStore calls) {
    this.reports = reports;
    this.calls = calls;
  }

  Mono<Void> land(UUID callId, ConversationReport report, Reports.Source source) {
    return reports.put(report, source).then(note(callId, report.conversationId(), source));
  }

  /// Brings in from quarantine what has turned out to be ours.
  Mono<Void> adopt() {
    return reports
        .adopt()
        .concatMap(conversation ->
            reports
                .callOf(conversation)
                .flatMap(callId -> note(callId, conversation, Reports.Source.WEBHOOK)))
        .then();
  }

  private Mono<Void> note(UUID callId, String conversation, Reports.Source source) {
    Map<String, String> details = Map.of("conversation", conversation, "by", source.name());
    return calls
        .append(
            new CallEvent(
                callId, Kind.REPORTED, Source.ELEVENLABS, conversation, clock.instant(), details))
        .then();
  }
}
