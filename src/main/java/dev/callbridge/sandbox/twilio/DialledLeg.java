package dev.callbridge.sandbox.twilio;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import reactor.core.publisher.Mono;

/// The other end of a `<Dial>`: somebody in the [Directory], who talks for a while if they answer.
record DialledLeg(SandboxCall call, Carrier carrier) {
  private static final Duration CONVERSATION = Duration.ofSeconds(5);

  /// Dials and emits what the `action` is told, once the two have hung up or never spoke.
  Mono<Map<String, String>> ring(Verb.Dial dial) {
    CallerScript person = CallerScript.forNumber(dial.targets().getFirst());
    boolean tooLate = person.ring().compareTo(dial.timeout()) >= 0;
    Duration ring = tooLate ? dial.timeout() : person.ring();
    String status =
        switch (person.pickup()) {
          case ANSWERS -> tooLate ? "no-answer" : "completed";
          case BUSY -> "busy";
          case NO_ANSWER -> "no-answer";
          case FAILED -> "failed";
        };
    boolean talks = status.equals("completed");
    return carrier
        .pause(ring)
        .doOnNext(_ -> call.note("verb", "Dial " + (talks ? "answered" : status)))
        .then(talks ? carrier.pause(CONVERSATION) : Mono.just(0L))
        .map(_ -> result(status, talks));
  }

  private static Map<String, String> result(String status, boolean talked) {
    var result = new LinkedHashMap<String, String>();
    result.put("DialCallStatus", status);
    result.put("DialCallSid", Sids.next("CA"));
    result.put("DialBridged", Boolean.toString(talked));
    if (talked) {
      result.put("DialCallDuration", Long.toString(CONVERSATION.toSeconds()));
    }
    return result;
  }
}
