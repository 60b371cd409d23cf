package dev.callbridge.machines;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.assistants.MachinePolicy;
import dev.callbridge.assistants.Template;
import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.EvidenceWriter;
import dev.callbridge.twilio.TwilioCalls;
import dev.callbridge.twilio.TwilioRestException;
import dev.callbridge.twilio.TwilioSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/// Does about a machine what the call's assistant is configured to, once for each call, whoever
/// finds out and on whichever instance.
///
/// The carrier's word comes by webhook and what is heard from a media session. Neither waits for
/// what follows: it outlives both, and so it is owned here.
@Component
public class Machines implements SmartLifecycle {

  /// One more is not looked at; its call ends by its own limits.
  private static final int MAX_WAITING = 1_000;

  private static final int CONCURRENCY = 8;

  /// The longest answer of the carrier, and what is stored before and after it.
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  /// Nothing was done of what was answered so.
  private static final Retry NOT_DONE =
      Retry.backoff(3, Duration.ofMillis(500))
          .jitter(0.5)
          .filter(e ->
              e instanceof TwilioRestException t
                  && (t.kind() == TwilioRestException.Kind.RATE_LIMITED
                      || t.kind() == TwilioRestException.Kind.UNREACHABLE))
          .onRetryExhaustedThrow((_, signal) -> signal.failure());

  private final CallStore calls;
  private final EvidenceWriter evidence;
  private final Assistants assistants;
  private final TwilioCalls twilio;
  private final TwilioSettings settings;
  private final Clock clock = Clock.systemUTC();
  private Sinks.Many<CallEvent> waiting = queue();
  private Disposable attending = Disposables.disposed();

  Machines(
      CallStore calls,
      EvidenceWriter evidence,
      Assistants assistants,
      TwilioCalls twilio,
      TwilioSettings settings) {
    this.calls = calls;
    this.evidence = evidence;
    this.assistants = assistants;
    this.twilio = twilio;
    this.settings = settings;
  }

  /// Looks at a call again, now that there is this about who answered.
  public synchronized void consider(CallEvent event) {
    if (waiting.tryEmitNext(event).isFailure()) {
      LOG.warn("call {}: too many calls to look at who answered", event.callId());
    }
  }

  private Mono<Void> attend(CallEvent event) {
    // Whoever brought it has given it to the evidence: this waits until it is stored.
    return evidence
        .written(event.callId())
        .then(Mono.defer(() -> decide(event)))
        .timeout(TIMEOUT)
        .onErrorResume(e -> {
          LOG.warn("call {}: could not see to who answered: {}", event.callId(), e.toString());
          return Mono.empty();
        });
  }

  private Mono<Void> decide(CallEvent event) {
    Mono<Known> known =
        Mono.zip(
            calls.find(event.callId()), calls.events(event.callId()).collectList(), Known::new);
    return known
        // What is not known cannot ask for more than the default.
        .onErrorResume(e -> hangUpUnseen(event).then(Mono.empty()))
        .filter(it -> !it.call().isOver())
        .flatMap(it -> decide(it.call(), it.events()));
  }

  private record Known(Call call, List<CallEvent> events) {}

  private Mono<Void> decide(Call call, List<CallEvent> events) {
    @Nullable String sid = call.truth().twilioCallSid();
    Assistant assistant = assistants.of(call.plan().assistant());
    if (!call.plan().machineDetection() || sid == null) {
      return Mono.empty();
    }
    return Mono.justOrEmpty(MachineAction.of(assistant.machine(), events))
        .filterWhen(action -> claim(call.id(), action, assistant.machine()))
        .flatMap(action -> {
          LOG.info("call {}: a machine answered, {}", call.id(), action.word());
          return switch (action) {
            case HANG_UP -> hangUp(call.id(), sid);
            case LEAVE_MESSAGE -> leaveMessage(call, sid, assistant);
          };
        });
  }

  private Mono<Boolean> claim(UUID callId, MachineAction action, MachinePolicy policy) {
    return calls.claim(
        event(
            callId,
            Kind.MACHINE_ACTION,
            "machine",
            Map.of("action", action.word(), "policy", policy.name())));
  }

  private Mono<Void> hangUp(UUID callId, String sid) {
    return twilio
        .hangUp(sid)
        .retryWhen(NOT_DONE)
        .then(Mono.defer(() -> evidence.record(acted(callId, "hung_up"))));
  }

  /// That it was spoken is known when the line asks what comes next.
  private Mono<Void> leaveMessage(Call call, String sid, Assistant assistant) {
    Assistant spoken = assistant.in(call.plan().language());
    String message = spoken.voicemailMessage() == null ? "" : spoken.voicemailMessage();
    String document =
        VoicemailMessage.twiml(
            Template.spoken(message, call.plan().variables()),
            spoken.spokenLanguage(),
            settings.webhook("/twilio/voice/message-left?call=" + call.id()));
    return twilio
        .instruct(sid, document)
        .retryWhen(NOT_DONE)
        .onErrorResume(
            TwilioRestException.class,
            e -> {
              LOG.warn("call {}: no message was left: {}", call.id(), e.getMessage());
              // It may be being spoken. Said twice it would be worse.
              return e.kind() == TwilioRestException.Kind.AMBIGUOUS
                  ? Mono.empty()
                  : evidence.record(acted(call.id(), "not_left")).then(twilio.hangUp(sid));
            });
  }

  private Mono<Void> hangUpUnseen(CallEvent event) {
    String by = event.details().getOrDefault("AnsweredBy", "");
    String sid = event.details().get("CallSid");
    return sid != null && (by.startsWith("machine_") || by.equals("fax"))
        ? twilio.hangUp(sid)
        : Mono.empty();
  }

  private CallEvent acted(UUID callId, String result) {
    return event(callId, Kind.MACHINE_ACTED, result, Map.of("result", result));
  }

  private CallEvent event(UUID callId, Kind kind, String key, Map<String, String> details) {
    return new CallEvent(callId, kind, Source.RELAY, key, clock.instant(), details);
  }

  private static Sinks.Many<CallEvent> queue() {
    return Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_WAITING));
  }

  @Override
  public synchronized void start() {
    waiting = queue();
    attending =
        waiting
            .asFlux()
            .flatMap(this::attend, CONCURRENCY)
            .subscribe(_ -> {}, e -> LOG.error("nobody sees to machines any more", e));
  }

  @Override
  public synchronized void stop() {
    attending.dispose();
  }

  @Override
  public synchronized boolean isRunning() {
    return !attending.isDisposed();
  }

  /// Stops before the evidence writer does.
  @Override
  public int getPhase() {
    return 1;
  }
}
