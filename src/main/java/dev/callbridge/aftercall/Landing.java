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
    CallEvent evidence =
        new CallEvent(
            callId,
            Kind.REPORTED,
            Source.ELEVENLABS,
            report.conversationId(),
            clock.instant(),
            Map.of("conversation", report.conversationId(), "by", source.name()));
    return reports.put(report, source).then(calls.append(evidence)).then();
  }
}
