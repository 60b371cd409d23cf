package dev.callbridge.aftercall;

import dev.callbridge.elevenlabs.ConversationReport;
import dev.callbridge.elevenlabs.PostCall;
import dev.callbridge.elevenlabs.WebhookSignature;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Takes what ElevenLabs posts when a conversation is over.
///
/// What it signed is always thanked, whatever is in it: enough refusals in a row and ElevenLabs
/// stops sending. What it did not sign is refused, mostly before its body is read.
@Component
final class PostCallWebhook {

  /// A transcript of hours. What is larger holds sound, which is not wanted.
  static final int MAX_BODY_BYTES = 1024 * 1024;

  static final Duration BODY_TIMEOUT = Duration.ofSeconds(5);

  /// Bodies in memory at a time. ElevenLabs sends again what is told to come later.
  static final int MAX_AT_ONCE = 32;

  private static final Logger LOG = LoggerFactory.getLogger(PostCallWebhook.class);

  private final WebhookSignature signature;
  private final Reports reports;
  private final Landing landing;
  private static final String COUNTED = "callbridge.elevenlabs.webhooks";
  private final MeterRegistry meters;
  private final AtomicInteger reading = new AtomicInteger();

  PostCallWebhook(
      WebhookSignature signature, Reports reports, Landing landing, MeterRegistry meters) {
    this.signature = signature;
    this.reports = reports;
    this.landing = landing;
    this.meters = meters;
    meters.counter(COUNTED, "type", "post_call_transcription", "result", "first");
    if (!signature.isConfigured()) {
      LOG.warn(
          "ELEVENLABS_WEBHOOK_SECRET is not set: post-call webhooks are refused, reports are fetched");
    }
  }

  Mono<ServerResponse> receive(ServerRequest request) {
    if (!signature.isConfigured()) {
      return refuse(
          HttpStatus.SERVICE_UNAVAILABLE, "ELEVENLABS_WEBHOOK_SECRET is not set to check it with");
    }
    Optional<WebhookSignature.Claim> claim =
        signature.claim(request.headers().header(WebhookSignature.HEADER));
    if (claim.isEmpty()) {
      return refuse(HttpStatus.FORBIDDEN, "its signature is missing, malformed or not of our time");
    } else if (request.headers().contentLength().orElse(0) > MAX_BODY_BYTES) {
      return refuse(HttpStatus.CONTENT_TOO_LARGE, "its body is too large");
    }
    return Mono.using(
        reading::incrementAndGet,
        now ->
            now > MAX_AT_ONCE
                ? refuse(HttpStatus.SERVICE_UNAVAILABLE, "too many come at once")
                : read(request.exchange().getRequest(), claim.get()),
        _ -> reading.decrementAndGet());
  }

  private Mono<ServerResponse> read(ServerHttpRequest request, WebhookSignature.Claim claim) {
    return DataBufferUtils.join(request.getBody(), MAX_BODY_BYTES)
        .timeout(BODY_TIMEOUT)
        .map(PostCallWebhook::bytes)
        .defaultIfEmpty(new byte[0])
        // Hashing and reading a megabyte is not for the event loops, which carry voices.
        .publishOn(Schedulers.parallel())
        .flatMap(body ->
            signature.isTrue(claim, body)
                ? accept(PostCall.read(body))
                : refuse(HttpStatus.FORBIDDEN, "its signature is not ElevenLabs's"))
        .onErrorResume(
            DataBufferLimitException.class,
            _ -> refuse(HttpStatus.CONTENT_TOO_LARGE, "its body is too large"))
        .onErrorResume(
            TimeoutException.class,
            _ -> refuse(HttpStatus.REQUEST_TIMEOUT, "its body did not come"));
  }

  private Mono<ServerResponse> accept(PostCall message) {
    return store(message)
        .then(ServerResponse.ok().build())
        .onErrorResume(e -> {
          LOG.error("post-call webhook could not be stored: {}", e.toString());
          return ServerResponse.status(HttpStatus.SERVICE_UNAVAILABLE).build();
        });
  }

  private Mono<Void> store(PostCall message) {
    return switch (message) {
      case PostCall.Transcription(var report) ->
          received("post_call_transcription", report.conversationId(), null).then(store(report));
      case PostCall.Audio(var conversation) -> received("post_call_audio", conversation, null);
      case PostCall.InitiationFailure(var conversation, var reason) ->
          received("call_initiation_failure", conversation, reason);
      case PostCall.Unrecognized _ ->
          Mono.fromRunnable(() -> {
            LOG.warn("post-call webhook of a type that is not known, or without sense");
            count("other", "unrecognized");
          });
    };
  }

  private Mono<Void> received(String type, String conversation, @Nullable String detail) {
    return reports
        .received(type, conversation, detail)
        .doOnNext(times -> count(type, times == 1 ? "first" : "repeated"))
        .then();
  }

  private Mono<Void> store(ConversationReport report) {
    String id = report.conversationId();
    return reports
        .callOf(id)
        .flatMap(call ->
            landing
                .land(call, report, Reports.Source.WEBHOOK)
                .thenReturn(call)
                .doOnNext(_ -> LOG.info("call {}: report of {} received", call, id)))
        .switchIfEmpty(
            Mono.defer(() -> {
              LOG.warn("report of {}, which is no call's: in quarantine", id);
              return reports.quarantine(report).then(Mono.empty());
            }))
        .then();
  }

  private void count(String type, String result) {
    meters.counter(COUNTED, "type", type, "result", result).increment();
  }

  private Mono<ServerResponse> refuse(HttpStatus status, String why) {
    LOG.warn("post-call webhook refused: {}", why);
    count("other", "refused");
    // What may be left of its body is not read.
    return ServerResponse.status(status).header("Connection", "close").build();
  }

  private static byte[] bytes(DataBuffer body) {
    byte[] bytes = new byte[body.readableByteCount()];
    body.read(bytes);
    DataBufferUtils.release(body);
    return bytes;
  }
}
