package dev.callbridge.telephony;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallStore;
import dev.callbridge.twilio.TwilioCalls;
import dev.callbridge.twilio.WebhookForm;
import java.time.Clock;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// What Twilio reports of a call. Evidence, nothing more: what follows from it is decided
/// elsewhere.
@Component
final class StatusWebhooks {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private final CallStore calls;
  private final TwilioCalls twilio;
  private final Clock clock = Clock.systemUTC();

  StatusWebhooks(CallStore calls, TwilioCalls twilio) {
    this.calls = calls;
    this.twilio = twilio;
  }

  /// Each status is one event however often, and in whatever order, it is sent.
  Mono<Void> status(UUID callId, WebhookForm form) {
    return append(callId, Kind.CARRIER_STATUS, text(form, "CallStatus"), form).then();
  }

  /// A number's own status callback, which cannot carry our id.
  Mono<Void> status(WebhookForm form) {
    return calls.findByTwilioSid(text(form, "CallSid")).flatMap(call -> status(call.id(), form));
  }

  Mono<Void> stream(UUID callId, WebhookForm form) {
    String key = text(form, "StreamSid") + ":" + text(form, "StreamEvent");
    return append(callId, Kind.STREAM_STATUS, key, form).then();
  }

  /// A machine is not talked to: the call is over.
  Mono<Void> machineDetection(UUID callId, WebhookForm form) {
    String answeredBy = text(form, "AnsweredBy");
    return append(callId, Kind.MACHINE_DETECTION, answeredBy, form)
        .filter(_ -> answeredBy.startsWith("machine") || answeredBy.equals("fax"))
        .flatMap(call -> twilio.hangUp(text(form, "CallSid")))
        .then();
  }

  Mono<Void> recording(UUID callId, WebhookForm form) {
    String key = text(form, "RecordingSid") + ":" + text(form, "RecordingStatus");
    return append(callId, Kind.RECORDING, key, form).then();
  }

  private Mono<Call> append(UUID callId, Kind kind, String key, WebhookForm form) {
    CallEvent event =
        new CallEvent(callId, kind, Source.TWILIO, key, clock.instant(), form.asMap());
    return calls
        .append(event)
        .switchIfEmpty(Mono.fromRunnable(() -> LOG.warn("{} for a call that is not known", kind)));
  }

  private static String text(WebhookForm form, String name) {
    @Nullable String value = form.get(name);
    return value == null ? "" : value;
  }
}
