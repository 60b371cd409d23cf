package dev.callbridge.sandbox.twilio;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

/// The life of one call, from the first ring to its last callback.
///
/// [#live] is the whole of it. The call ends when its TwiML runs out or when anyone ends it through
/// [SandboxCall#end]; ending cancels what runs, and a stream that is cancelled says `stop`.
final class CallFlow implements Interpreter.Host {
  private static final Logger log = LoggerFactory.getLogger(CallFlow.class);

  /// From the queue to dialling, and from dialling to the first ring.
  private static final Duration STEP = Duration.ofMillis(100);

  /// More updates than this while one is being carried out are refused.
  private static final int MAX_UPDATES = 16;

  private final SandboxCall call;
  private final Carrier carrier;
  private final CallerScript script;
  private final StatusCallbacks status;
  private final CallbackQueue events = new CallbackQueue();
  private final Line line;
  private final Sinks.Many<Instructions> updates =
      Sinks.many().unicast().onBackpressureBuffer(Queues.<Instructions>get(MAX_UPDATES).get());

  /// How the call ends where it is not answered; null where that follows from the answer.
  private volatile @Nullable CallStatus outcome;

  private volatile Map<String, String> outcomeDetails = Map.of();
  private volatile boolean answered;
  private final List<Recording> recordings = new CopyOnWriteArrayList<>();
  private volatile String apiUrl = "";

  CallFlow(SandboxCall call, Carrier carrier, CallerScript script, StatusCallbacks status) {
    this.call = call;
    this.carrier = carrier;
    this.script = script;
    this.status = status;
    this.line = new Line(call, script, carrier.settings().clips());
  }

  SandboxCall call() {
    return call;
  }

  Mono<Void> inbound(InboundCall request) {
    var first = new Instructions.Fetch(request.voiceUrl().toString(), "POST", Map.of());
    URI fallback = request.fallbackUrl();
    String fallbackUrl = fallback == null ? null : fallback.toString();
    return live(
        Mono.defer(() -> {
          status.become(CallStatus.RINGING, Map.of());
          return talk(first, interpreter(fallbackUrl, "POST", request.streamsThrough()));
        }));
  }

  Mono<Void> outbound(CallRequest request) {
    return live(
        carrier
            .pause(STEP)
            .doOnNext(_ -> status.become(CallStatus.INITIATED, Map.of()))
            .then(carrier.pause(STEP))
            .then(Mono.defer(() -> ring(request)))
            .then(Mono.defer(() -> converse(request)).takeUntilOther(limit(request))));
  }

  /// Replaces the TwiML that runs; says false where the call is not in progress.
  synchronized boolean redirect(Instructions instructions) {
    return call.currentStatus() == CallStatus.IN_PROGRESS
        && updates.tryEmitNext(instructions).isSuccess();
  }

  /// Records the call from now on; says false where it is not in progress.
  boolean record(Recording recording, String apiUrl) {
    if (call.currentStatus() != CallStatus.IN_PROGRESS) {
      return false;
    }
    this.apiUrl = apiUrl;
    recordings.add(recording);
    call.note("recording", "started " + recording.sid());
    return true;
  }

  List<Recording> recordings() {
    return List.copyOf(recordings);
  }

  @Override
  public void answer() {
    if (!answered) {
      answered = true;
      status.become(CallStatus.IN_PROGRESS, Map.of());
      line.start(carrier.ticker());
    }
  }

  @Override
  public void reject(CallStatus as) {
    finish(as, Map.of(), "twiml");
  }

  private Mono<Void> live(Mono<Void> course) {
    Mono<Void> conversation =
        course
            .takeUntilOther(call.ending().publishOn(carrier.scheduler()))
            .onErrorResume(error -> {
              log.error("Sandbox call {} failed", call.callSid(), error);
              call.end("twilio");
              return Mono.empty();
            })
            .then(call.ending().publishOn(carrier.scheduler()))
            .doOnNext(this::over)
            .then();
    return Mono.when(
            status.deliver(carrier.webhooks()),
            events.deliver(carrier.webhooks(), call),
            conversation)
        .doFinally(_ -> call.hasSettled());
  }

  /// Completes when the call is answered, and never where it is not: it ends instead.
  private Mono<Void> ring(CallRequest request) {
    if (script.pickup() == CallerScript.Pickup.FAILED) {
      return finish(CallStatus.FAILED, Map.of("SipResponseCode", "404"), "carrier");
    }
    status.become(CallStatus.RINGING, Map.of());
    boolean tooLate = script.ring().compareTo(request.ring()) >= 0;
    Mono<Long> ringing = carrier.pause(tooLate ? request.ring() : script.ring());
    return ringing.then(
        Mono.defer(() ->
            switch (script.pickup()) {
              case BUSY -> finish(CallStatus.BUSY, Map.of("SipResponseCode", "486"), "carrier");
              case NO_ANSWER -> noAnswer();
              case ANSWERS -> {
                if (tooLate) {
                  yield noAnswer();
                }
                answer();
                yield Mono.empty();
              }
              case FAILED -> throw new IllegalStateException("did not fail before ringing");
            }));
  }

  private Mono<Void> noAnswer() {
    return finish(CallStatus.NO_ANSWER, Map.of("SipResponseCode", "487"), "carrier");
  }

  private Mono<Void> finish(CallStatus as, Map<String, String> details, String by) {
    outcome = as;
    outcomeDetails = details;
    call.end(by);
    return Mono.never();
  }

  private Mono<Void> converse(CallRequest request) {
    var detection = new MachineDetection(call, carrier, script.nature(), line.beeped(), request);
    Interpreter interpreter = interpreter(request.fallbackUrl(), request.fallbackMethod(), null);
    return Mono.when(
        detection.beside(events),
        detection.before().flatMap(more -> talk(first(request, more), interpreter)));
  }

  private static Instructions first(CallRequest request, Map<String, String> more) {
    return request.url() == null
        ? new Instructions.Inline(String.valueOf(request.twiml()))
        : new Instructions.Fetch(request.url(), request.method(), more);
  }

  private Mono<Void> talk(Instructions first, Interpreter interpreter) {
    return updates
        .asFlux()
        .publishOn(carrier.scheduler())
        .startWith(first)
        .switchMap(instructions ->
            interpreter.run(instructions).then(Mono.<Void>fromRunnable(() -> call.end("twiml"))))
        .then();
  }

  private Mono<Long> limit(CallRequest request) {
    return Mono.delay(request.limit(), carrier.scheduler()).doOnNext(_ -> call.end("time limit"));
  }

  private Interpreter interpreter(
      @Nullable String fallbackUrl, String fallbackMethod, @Nullable String streamsThrough) {
    var streams = new StreamEvents(call, events);
    return new Interpreter(
        call, carrier, line, streams, this, fallbackUrl, fallbackMethod, streamsThrough);
  }

  private void over(String by) {
    carrier.ticker().remove(line);
    call.note("hang-up", "by " + by);
    CallStatus otherwise = answered ? CallStatus.COMPLETED : CallStatus.CANCELED;
    CallStatus last = outcome == null ? otherwise : outcome;
    status.become(last, new LinkedHashMap<>(outcomeDetails));
    reportRecordings();
    events.close();
    call.hasEnded();
  }

  private void reportRecordings() {
    for (Recording recording : recordings) {
      if (recording.statusCallback() != null) {
        events.add(
            recording.statusCallback(),
            recording.statusCallbackMethod(),
            recording.completed(call, apiUrl));
      }
    }
  }
}
