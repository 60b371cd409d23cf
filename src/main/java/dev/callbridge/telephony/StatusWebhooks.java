package dev.callbridge.telephony;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.EvidenceWriter;
import dev.callbridge.machines.Machines;
import dev.callbridge.twilio.TwiML;
import dev.callbridge.twilio.WebhookForm;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// What Twilio reports of a call. Evidence, nothing more: what follows from it is decided
/// elsewhere. It is answered once the evidence is safe, in the database or on the disk, and stands
/// in line with what the call's media gave before.
@Component
final class StatusWebhooks {

  private final CallStore calls;
  private final EvidenceWriter evidence;
  private final Machines machines;
  private final Clock clock = Clock.systemUTC();

  StatusWebhooks(CallStore calls, EvidenceWriter evidence, Machines machines) {
    this.calls = calls;
    this.evidence = evidence;
    this.machines = machines;
  }

  /// Each status is one event however often, and in whatever order, it is sent.
  Mono<Void> status(UUID callId, WebhookForm form) {
    return append(callId, Kind.CARRIER_STATUS, text(form, "CallStatus"), form);
  }

  /// A number's own status callback, which cannot carry our id. Whose it is can be asked later.
  Mono<Void> status(WebhookForm form) {
    Mono<Void> later =
        Mono.defer(() ->
            evidence.recordBySid(
                event(Call.newId(), Kind.CARRIER_STATUS, text(form, "CallStatus"), form)));
    return calls
        .findByTwilioSid(text(form, "CallSid"))
        .map(call -> status(call.id(), form))
        .onErrorResume(_ -> Mono.just(later))
        .flatMap(stored -> stored);
  }

  Mono<Void> stream(UUID callId, WebhookForm form) {
    String key = text(form, "StreamSid") + ":" + text(form, "StreamEvent");
    return append(callId, Kind.STREAM_STATUS, key, form);
  }

  Mono<Void> machineDetection(UUID callId, WebhookForm form) {
    CallEvent event = event(callId, Kind.MACHINE_DETECTION, text(form, "AnsweredBy"), form);
    return evidence.record(event).then(Mono.fromRunnable(() -> machines.consider(event)));
  }

  /// Twilio asks what comes after the message: it was spoken to its end.
  Mono<String> messageLeft(UUID callId) {
    return evidence
        .record(
            new CallEvent(
                callId,
                Kind.MACHINE_ACTED,
                Source.TWILIO,
                "left",
                clock.instant(),
                Map.of("result", "left")))
        .onErrorComplete()
        .then(Mono.fromSupplier(TwiML::hangUp));
  }

  Mono<Void> recording(UUID callId, WebhookForm form) {
    String key = text(form, "RecordingSid") + ":" + text(form, "RecordingStatus");
    return append(callId, Kind.RECORDING, key, form);
  }

  private Mono<Void> append(UUID callId, Kind kind, String key, WebhookForm form) {
    return evidence.record(event(callId, kind, key, form));
  }

  private CallEvent event(UUID callId, Kind kind, String key, WebhookForm form) {
    return new CallEvent(callId, kind, Source.TWILIO, key, clock.instant(), form.asMap());
  }

  private static String text(WebhookForm form, String name) {
    @Nullable String value = form.get(name);
    return value == null ? "" : value;
  }
}
