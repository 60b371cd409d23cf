package dev.callbridge.sandbox.twilio;

import dev.callbridge.sandbox.twilio.CallerScript.Nature;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import reactor.core.publisher.Mono;

/// Answering machine detection: before the TwiML, or beside it where it is asynchronous.
///
/// @param beeped completes when the machine's beep is over, which needs somebody to play it to
record MachineDetection(
    SandboxCall call, Carrier carrier, Nature nature, Mono<Void> beeped, CallRequest request) {

  private static final Duration LISTENING = Duration.ofSeconds(2);
  private static final Duration UNTIL_THE_BEEP = Duration.ofSeconds(4);

  /// Well into a conversation.
  private static final Duration LATE = Duration.ofSeconds(30);

  /// Twilio's own default: whatever is found by then is the result.
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /// What the request for TwiML carries of it; it waits for a synchronous result.
  Mono<Map<String, String>> before() {
    if (request.machineDetection() == null || request.asyncAmd()) {
      return Mono.just(Map.of());
    }
    return toTheEnd()
        ? carrier.pause(UNTIL_THE_BEEP).map(_ -> found("machine_end_beep", UNTIL_THE_BEEP))
        : atOnce();
  }

  /// Reports an asynchronous result when there is one.
  Mono<Void> beside(CallbackQueue callbacks) {
    if (request.machineDetection() == null || !request.asyncAmd() || nature == Nature.UNREPORTED) {
      return Mono.empty();
    }
    return (toTheEnd() ? atTheBeep() : atOnce())
        .doOnNext(result -> {
          if (request.asyncAmdCallback() == null) {
            call.verdict(21262, "AsyncAmd without an AsyncAmdStatusCallback");
            return;
          }
          var form = new LinkedHashMap<String, String>();
          form.put("CallSid", call.callSid());
          form.put("AccountSid", call.accountSid());
          form.putAll(result);
          callbacks.add(request.asyncAmdCallback(), request.asyncAmdMethod(), form);
        })
        .then();
  }

  private boolean toTheEnd() {
    return "DetectMessageEnd".equals(request.machineDetection()) && nature.isMachine();
  }

  private Mono<Map<String, String>> atOnce() {
    Duration length = nature == Nature.MACHINE_FOUND_LATE ? LATE : LISTENING;
    return carrier
        .pause(length)
        .map(_ -> found(nature.isMachine() ? "machine_start" : "human", length));
  }

  /// People speak in real time, so this does too.
  private Mono<Map<String, String>> atTheBeep() {
    Duration begin = call.now();
    return Mono.firstWithSignal(
            beeped.publishOn(carrier.scheduler()).thenReturn("machine_end_beep"),
            Mono.delay(TIMEOUT, carrier.scheduler()).thenReturn("machine_end_other"))
        .map(who -> found(who, call.now().minus(begin)));
  }

  private Map<String, String> found(String who, Duration length) {
    call.answeredBy(who);
    var result = new LinkedHashMap<String, String>();
    result.put("AnsweredBy", who);
    result.put("MachineDetectionDuration", Long.toString(length.toMillis()));
    return result;
  }
}
