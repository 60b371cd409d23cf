package dev.callbridge.sandbox.twilio;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Reports a call's progress to its status callback: the events asked for, numbered from zero.
final class StatusCallbacks {

  /// What is reported where nothing was asked for, and always on a number's own callback.
  static final Set<String> ONLY_THE_END = Set.of("completed");

  private final SandboxCall call;
  private final @Nullable String url;
  private final String method;
  private final Set<String> events;
  private final boolean reversed;
  private final CallbackQueue queue = new CallbackQueue();
  private int sequence;

  StatusCallbacks(
      SandboxCall call, @Nullable String url, String method, Set<String> events, boolean reversed) {
    this.call = call;
    this.url = url;
    this.method = method;
    this.events = events;
    this.reversed = reversed;
  }

  /// Makes the call's status known: to the call itself, and to whoever asked. Calls of one call do
  /// not overlap.
  void become(CallStatus status, Map<String, String> more) {
    call.become(status);
    if (url != null && events.contains(status.event)) {
      var form = new LinkedHashMap<>(VoiceParameters.of(call, status));
      form.put("Timestamp", Timestamps.rfc2822(Instant.now()));
      form.put("SequenceNumber", Integer.toString(sequence++));
      form.put("CallbackSource", "call-progress-events");
      if (status.isFinal()) {
        form.put("CallDuration", Long.toString(call.seconds()));
        form.put("Duration", Long.toString((call.seconds() + 59) / 60));
      }
      form.putAll(more);
      queue.add(url, method, form);
    }
    if (status.isFinal()) {
      queue.close();
    }
  }

  Mono<Void> deliver(WebhookClient webhooks) {
    return reversed ? queue.deliverReversed(webhooks, call) : queue.deliver(webhooks, call);
  }
}
