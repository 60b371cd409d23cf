package dev.callbridge.sandbox.twilio;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// The other end of a `<Dial>`: somebody in the [Directory], who talks for a while if they answer.
///
/// Somebody who answers hears first what the `url` of the `<Number>` says.
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
    String sid = Sids.next("CA");
    return carrier
        .pause(ring)
        .doOnNext(_ -> call.note("verb", "Dial " + (talks ? "answered" : status)))
        .then(
            talks ? whisper(dial.whisper(), sid).then(carrier.pause(CONVERSATION)) : Mono.just(0L))
        .map(_ -> result(sid, status, talks));
  }

  private Mono<Void> whisper(@Nullable String url, String sid) {
    if (url == null) {
      return Mono.empty();
    }
    var form = new LinkedHashMap<>(VoiceParameters.of(call, call.currentStatus()));
    form.put("CallSid", sid);
    form.put("ParentCallSid", call.callSid());
    form.put("Direction", "outbound-dial");
    return carrier
        .webhooks()
        .send(url, "POST", form)
        .publishOn(carrier.scheduler())
        .doOnNext(answer ->
            TwimlReader.read(answer.body(), url)
                .verbs()
                .forEach(verb -> {
                  if (verb instanceof Verb.Say(String text)) {
                    call.note("whisper", text);
                  }
                }))
        .doOnError(Fault.class, fault -> call.verdict(fault.code, fault.why))
        .then();
  }

  private static Map<String, String> result(String sid, String status, boolean talked) {
    var result = new LinkedHashMap<String, String>();
    result.put("DialCallStatus", status);
    result.put("DialCallSid", sid);
    result.put("DialBridged", Boolean.toString(talked));
    if (talked) {
      result.put("DialCallDuration", Long.toString(CONVERSATION.toSeconds()));
    }
    return result;
  }
}
