package dev.callbridge.telephony;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.assistants.TransferTargets;
import dev.callbridge.assistants.TransferTargets.Target;
import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallStore;
import dev.callbridge.twilio.CallStatus;
import dev.callbridge.twilio.TwiML;
import dev.callbridge.twilio.TwilioSettings;
import dev.callbridge.twilio.WebhookForm;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// A caller on the way to a person: the person is rung, hears what it is about, and is joined to
/// the caller. A caller whom nobody answers goes back to the agent.
@Component
final class Transfers {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  /// What the second leg is known by, of what Twilio says of it.
  private static final Set<String> OF_THE_LEG =
      Set.of("DialCallStatus", "DialCallSid", "DialCallDuration", "DialBridged");

  /// Streams of a call that are told apart.
  private static final int MAX_STREAMS = 9;

  private final CallStore calls;
  private final Assistants assistants;
  private final TransferTargets targets;
  private final StreamTwiML twiml;
  private final TwilioSettings settings;
  private final Clock clock = Clock.systemUTC();

  Transfers(
      CallStore calls,
      Assistants assistants,
      TransferTargets targets,
      StreamTwiML twiml,
      TwilioSettings settings) {
    this.calls = calls;
    this.assistants = assistants;
    this.targets = targets;
    this.twiml = twiml;
    this.settings = settings;
  }

  /// Rings the person that was asked for last, if that person is still among the targets.
  Optional<String> ring(Call call, List<CallEvent> events, int stream) {
    return wanted(events)
        .flatMap(event -> number(call, event))
        .map(number -> ring(call, number, stream));
  }

  private Optional<String> number(Call call, CallEvent wanted) {
    return wanted.details().containsKey("handOff")
        ? Optional.ofNullable(assistant(call).handOffNumber())
        : targets.find(wanted.details().getOrDefault("target", "")).map(Target::number);
  }

  private String ring(Call call, String number, int stream) {
    String query = "?call=" + call.id() + "&stream=" + stream;
    return TwiML.transfer(
        sentence(call, assistant(call).handOff()),
        number,
        settings.webhook("/twilio/voice/whisper" + query),
        settings.webhook("/twilio/voice/after-transfer" + query));
  }

  /// What the person hears before the caller.
  Mono<String> whisper(UUID callId) {
    return Mono.zip(calls.find(callId), calls.events(callId).collectList())
        .map(known ->
            wanted(known.getT2())
                .map(event -> event.details().getOrDefault("summary", ""))
                .filter(summary -> !summary.isBlank())
                .map(summary -> TwiML.speak(sentence(known.getT1(), summary)))
                .orElseGet(TwiML::nothing))
        .timeout(AfterStream.TIMEOUT)
        .onErrorResume(e -> {
          LOG.warn("call {}: a person is connected without a word before: {}", callId, "" + e);
          return Mono.just(TwiML.nothing());
        })
        .defaultIfEmpty(TwiML.nothing());
  }

  /// The person has hung up, or was never there.
  Mono<String> after(UUID callId, int stream, WebhookForm form) {
    return Mono.zip(calls.find(callId), calls.events(callId).collectList())
        .flatMap(known -> after(known.getT1(), known.getT2(), stream, form))
        .timeout(AfterStream.TIMEOUT)
        .onErrorResume(e -> {
          LOG.error("call {}: after its transfer the caller hears an apology", callId, e);
          return Mono.just(twiml.apology());
        })
        .defaultIfEmpty(TwiML.hangUp());
  }

  private Mono<String> after(Call call, List<CallEvent> events, int stream, WebhookForm form) {
    String result = String.valueOf(form.get("DialCallStatus"));
    CallStatus status = CallStatus.parse(form.get("CallStatus"));
    boolean over =
        Set.of("completed", "answered").contains(result) || (status != null && status.isTerminal());
    boolean goesBack = !over && stream < MAX_STREAMS;
    String decision = goesBack ? "RECONNECT" : "HANG_UP";
    LOG.info("call {}: its transfer is over, {}, {}", call.id(), result, decision);
    Map<String, String> leg = new LinkedHashMap<>();
    form.parameters().stream()
        .filter(parameter -> OF_THE_LEG.contains(parameter.getKey()))
        .forEach(parameter -> leg.put(parameter.getKey(), parameter.getValue()));
    long sessions = events.stream().filter(e -> e.kind() == Kind.MEDIA_CONNECTED).count();
    Instant now = clock.instant();
    List<CallEvent> told =
        List.of(
            new CallEvent(call.id(), Kind.TRANSFER_ENDED, Source.TWILIO, "" + stream, now, leg),
            new CallEvent(
                call.id(),
                Kind.AFTER_STREAM,
                Source.TWILIO,
                "transfer:" + stream,
                now,
                Map.of("decision", decision, "session", "" + sessions)));
    return calls
        .appendAll(told)
        .flatMapIterable(known -> known)
        .next()
        .flatMap(known ->
            goesBack
                ? twiml.reconnect(known, stream + 1, Map.of("transfer_result", result))
                : Mono.just(TwiML.hangUp()));
  }

  private static Optional<CallEvent> wanted(List<CallEvent> events) {
    return events.stream()
        .filter(event -> event.kind() == Kind.TRANSFER)
        .max(Comparator.comparing(CallEvent::at));
  }

  private Assistant assistant(Call call) {
    return assistants.of(call.plan().assistant());
  }

  private TwiML.Sentence sentence(Call call, String text) {
    return new TwiML.Sentence(text, assistant(call).spokenLanguage());
  }
}
