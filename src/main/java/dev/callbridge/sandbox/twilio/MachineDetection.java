package dev.callbridge.sandbox.twilio;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import reactor.core.publisher.Mono;

/// Answering machine detection: before the TwiML, or beside it where it is asynchronous.
record MachineDetection(SandboxCall call, Carrier carrier, boolean machine, CallRequest request) {
  private static final Duration LISTENING = Duration.ofSeconds(2);
  private static final Duration UNTIL_THE_BEEP = Duration.ofSeconds(4);

  /// What the request for TwiML carries of it; it waits for a synchronous result.
  Mono<Map<String, String>> before() {
    return request.machineDetection() == null || request.asyncAmd()
        ? Mono.just(Map.of())
        : detect();
  }

  /// Reports an asynchronous result when there is one.
  Mono<Void> beside(CallbackQueue callbacks) {
    if (request.machineDetection() == null || !request.asyncAmd()) {
      return Mono.empty();
    }
    return detect()
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

  private Mono<Map<String, String>> detect() {
    boolean toTheEnd = "DetectMessageEnd".equals(request.machineDetection()) && machine;
    Duration length = toTheEnd ? UNTIL_THE_BEEP : LISTENING;
    String found = toTheEnd ? "machine_end_beep" : machine ? "machine_start" : "human";
    return carrier
        .pause(length)
        .map(_ -> {
          call.answeredBy(found);
          var result = new LinkedHashMap<String, String>();
          result.put("AnsweredBy", found);
          result.put("MachineDetectionDuration", Long.toString(length.toMillis()));
          return result;
        });
  }
}
