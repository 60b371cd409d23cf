package dev.callbridge.telephony;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Ending;
import dev.callbridge.call.EvidenceWriter;
import dev.callbridge.call.LiveCalls;
import dev.callbridge.twilio.CallStatus;
import dev.callbridge.twilio.TwiML;
import dev.callbridge.twilio.WebhookForm;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// What a line does when its stream is over: hang up after an end that somebody wanted; after a
/// loss one more try, then an apology or a person.
@Component
final class AfterStream {

  /// Streams a call may have in all.
  static final int MAX_STREAMS = 2;

  static final Duration TIMEOUT = Duration.ofSeconds(3);

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  /// How a stream ended is stored just behind its close: a moment later, at the most.
  private static final Retry UNTIL_STORED =
      Retry.fixedDelay(20, Duration.ofMillis(50)).filter(StillOpen.class::isInstance);

  /// What another try would meet again.
  private static final Pattern HOPELESS =
      Pattern.compile(
          "signed_url_(?!429|408)4\\d\\d.*|upgrade_(?!429|408)4\\d\\d|(closed|refused)_1008"
              + "|unknown_audio_format|override_error|missing_.*|value_error|invalid_message"
              + "|signed_url_elsewhere|signed_url_unreadable|circuit_open_.*");

  private final CallStore calls;
  private final EvidenceWriter evidence;
  private final StreamTwiML twiml;
  private final Transfers transfers;
  private final LiveCalls live;
  private final Clock clock = Clock.systemUTC();

  AfterStream(
      CallStore calls,
      EvidenceWriter evidence,
      StreamTwiML twiml,
      Transfers transfers,
      LiveCalls live) {
    this.calls = calls;
    this.evidence = evidence;
    this.twiml = twiml;
    this.transfers = transfers;
    this.live = live;
  }

  enum Decision {
    HANG_UP,
    RECONNECT,
    TRANSFER,
    APOLOGIZE
  }

  /// @param stream the how manieth of the call's streams this was, as its TwiML numbered it; asked
  ///   about the same one again, the answer is the same
  Mono<String> answer(UUID callId, int stream, WebhookForm form) {
    Mono<List<CallEvent>> known = calls.events(callId).collectList();
    // What this instance knows of the stream is on its way to the database first.
    return evidence
        .written(callId)
        .onErrorComplete()
        .then(known)
        .map(AfterStream::closed)
        .retryWhen(UNTIL_STORED)
        // Who carried it does not say how it ended, and may be gone: what is known has to do.
        .onErrorResume(e -> e.getCause() instanceof StillOpen, _ -> known)
        .flatMap(events -> decide(callId, stream, events, form))
        .switchIfEmpty(Mono.fromSupplier(TwiML::hangUp))
        .timeout(TIMEOUT)
        .onErrorResume(e -> {
          if (evidence.endedDeliberately(callId)) {
            LOG.warn("call {}: hung up after its stream without asking the database", callId);
            evidence.write(decided(callId, stream, Decision.HANG_UP, stream));
            return Mono.just(TwiML.hangUp());
          }
          LOG.error("call {}: after its stream the caller hears an apology", callId, e);
          return Mono.just(twiml.apology());
        });
  }

  private CallEvent decided(UUID callId, int stream, Decision decision, long sessions) {
    return new CallEvent(
        callId,
        Kind.AFTER_STREAM,
        Source.TWILIO,
        "" + stream,
        clock.instant(),
        Map.of("decision", decision.name(), "session", "" + sessions));
  }

  private Mono<String> decide(UUID callId, int stream, List<CallEvent> events, WebhookForm form) {
    Decision decision =
        events.stream()
            .filter(e -> e.kind() == Kind.AFTER_STREAM && e.key().equals("" + stream))
            .map(e -> Decision.valueOf(e.details().getOrDefault("decision", "APOLOGIZE")))
            .findFirst()
            .orElseGet(() -> decision(stream, events, form));
    LOG.info("call {}: after stream {}, {}", callId, stream, decision);
    CallEvent event = decided(callId, stream, decision, count(events, Kind.MEDIA_CONNECTED));
    return calls.append(event).flatMap(call -> document(call, events, decision, stream));
  }

  private Mono<String> document(Call call, List<CallEvent> events, Decision decision, int stream) {
    return switch (decision) {
      case HANG_UP -> Mono.just(TwiML.hangUp());
      case RECONNECT -> twiml.reconnect(call, stream + 1);
      case TRANSFER ->
          transfers
              .ring(call, events, stream)
              .map(Mono::just)
              .orElseGet(() -> twiml.reconnect(call, stream + 1));
      case APOLOGIZE ->
          Mono.just(hasApologized(events) ? twiml.afterApology(call) : twiml.apology(call));
    };
  }

  private Decision decision(int stream, List<CallEvent> events, WebhookForm form) {
    CallStatus status = CallStatus.parse(form.get("CallStatus"));
    if (status != null && status.isTerminal()) {
      return Decision.HANG_UP;
    }
    CallEvent last =
        events.stream()
            .filter(event -> event.kind() == Kind.MEDIA_ENDED)
            .max(Comparator.comparing(CallEvent::at))
            .orElse(null);
    if (last != null
        && Ending.valueOf(last.details().getOrDefault("ending", "INTERRUPTED")).isDeliberate()) {
      return Decision.HANG_UP;
    }
    if (last != null && Ending.TRANSFERRED.name().equals(last.details().get("ending"))) {
      return Decision.TRANSFER;
    }
    boolean hopeless =
        last != null
            && (HOPELESS.matcher(last.details().getOrDefault("reason", "")).matches()
                || hasApologized(events));
    // Who is going down cannot take the call again.
    return hopeless || stream >= MAX_STREAMS || live.isClosing()
        ? Decision.APOLOGIZE
        : Decision.RECONNECT;
  }

  /// The agent has said in its own voice that it can say no more.
  private static boolean hasApologized(List<CallEvent> events) {
    return events.stream()
        .anyMatch(
            e -> e.kind() == Kind.FALLBACK && "cached_sentence".equals(e.details().get("used")));
  }

  private static List<CallEvent> closed(List<CallEvent> events) {
    if (count(events, Kind.MEDIA_CONNECTED) > count(events, Kind.MEDIA_ENDED)) {
      throw new StillOpen();
    }
    return events;
  }

  private static long count(List<CallEvent> events, Kind kind) {
    return events.stream().filter(event -> event.kind() == kind).count();
  }

  private static final class StillOpen extends RuntimeException {
    StillOpen() {
      super("the stream's end is not stored yet", null, false, false);
    }
  }
}
