package dev.callbridge.sandbox.twilio;

import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

/// Callbacks of one call on their way out, one after the other, behind the call's back.
final class CallbackQueue {

  /// A call makes a handful; a redirect loop that makes more loses the rest.
  private static final int MAX_WAITING = 256;

  private record Callback(String url, String method, Map<String, String> form) {}

  private final Sinks.Many<Callback> waiting =
      Sinks.many().unicast().onBackpressureBuffer(Queues.<Callback>get(MAX_WAITING).get());

  synchronized void add(String url, String method, Map<String, String> form) {
    waiting.tryEmitNext(new Callback(url, method, form));
  }

  synchronized void close() {
    waiting.tryEmitComplete();
  }

  /// Delivers until closed and empty. A callback that fails is noted and gone, as with Twilio.
  Mono<Void> deliver(WebhookClient webhooks, SandboxCall call) {
    return waiting.asFlux().concatMap(callback -> deliver(callback, webhooks, call)).then();
  }

  /// As [#deliver(WebhookClient, SandboxCall)], but in reverse order and each three times.
  Mono<Void> deliverReversed(WebhookClient webhooks, SandboxCall call) {
    return waiting
        .asFlux()
        .collectList()
        .flatMapIterable(List::reversed)
        .concatMap(callback -> Flux.range(0, 3).concatMap(_ -> deliver(callback, webhooks, call)))
        .then();
  }

  private static Mono<Void> deliver(Callback callback, WebhookClient webhooks, SandboxCall call) {
    Map<String, String> form = callback.form();
    String event =
        form.getOrDefault("StreamEvent", form.getOrDefault("CallStatus", callback.url()));
    return webhooks
        .send(callback.url(), callback.method(), form)
        .doOnNext(answer -> call.note("callback", event + ": " + answer.status()))
        .onErrorResume(
            Fault.class,
            failure -> {
              call.note("callback", event + ": lost, " + failure.why);
              return Mono.empty();
            })
        .then();
  }
}
