package dev.callbridge.sandbox.twilio;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.timeout.ReadTimeoutException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.ByteBufFlux;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.util.retry.Retry;

/// Makes Twilio's requests to a server: a signed form, a time limit, a retry where one is due.
///
/// Every failure is a [Fault], 4xx and 5xx among them.
final class WebhookClient {

  /// Past this Twilio refuses a document with 11750.
  private static final int MAX_BODY = 64 * 1024;

  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, String contentType, byte[] body) {}

  /// An attempt that failed, with the name a retry policy has for that.
  private static final class Attempt extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final String kind;
    final int code;

    Attempt(String kind, int code, String message) {
      super(message, null, false, false);
      this.kind = kind;
      this.code = code;
    }
  }

  private final Signature signature;
  private final HttpClient http;
  private final Scheduler scheduler;

  WebhookClient(Signature signature, LoopResources loops, Scheduler scheduler) {
    this.signature = signature;
    this.scheduler = scheduler;
    this.http =
        HttpClient.create(ConnectionProvider.newConnection())
            .runOn(loops)
            .disableRetry(true)
            .followRedirect(true);
  }

  Mono<Answer> send(String url, String method, Map<String, String> form) {
    ConnectionOverrides overrides = ConnectionOverrides.of(url);
    String token = Sids.next("");
    return Mono.defer(() -> attempt(url, method, form, overrides, token))
        .retryWhen(
            Retry.max(overrides.retries())
                .filter(error -> error instanceof Attempt failed && overrides.retries(failed.kind))
                .onRetryExhaustedThrow((_, last) -> last.failure()))
        .timeout(overrides.total(), scheduler)
        .onErrorMap(error -> failure(error, url));
  }

  private Mono<Answer> attempt(
      String url,
      String method,
      Map<String, String> form,
      ConnectionOverrides overrides,
      String token) {
    int fragment = url.indexOf('#');
    String bare = fragment < 0 ? url : url.substring(0, fragment);
    boolean get = method.equalsIgnoreCase("GET");
    String target = get ? bare + (bare.indexOf('?') < 0 ? "?" : "&") + Form.encode(form) : bare;
    String signed = signature.sign(target, get ? Map.of() : form);
    return http.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) overrides.connect().toMillis())
        .responseTimeout(overrides.read())
        .headers(headers -> {
          headers
              .set("User-Agent", "TwilioProxy/1.1")
              .set("Accept", "*/*")
              .set("X-Twilio-Signature", signed)
              .set("I-Twilio-Idempotency-Token", token);
          if (!get) {
            headers.set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
          }
        })
        .request(get ? HttpMethod.GET : HttpMethod.POST)
        .uri(URI.create(target))
        .send(get ? ByteBufFlux.fromInbound(Mono.empty()) : body(form))
        .responseSingle(WebhookClient::answer)
        .onErrorMap(error -> !(error instanceof Attempt), WebhookClient::classify)
        .doOnNext(answer -> refuse(answer, target));
  }

  private static ByteBufMono body(Map<String, String> form) {
    return ByteBufMono.fromString(
        Mono.just(Form.encode(form)), StandardCharsets.UTF_8, ByteBufAllocator.DEFAULT);
  }

  private static Mono<Answer> answer(HttpClientResponse response, ByteBufMono body) {
    String type = response.responseHeaders().get("Content-Type", "");
    return body.asByteArray()
        .defaultIfEmpty(new byte[0])
        .map(bytes -> new Answer(response.status().code(), type, bytes));
  }

  private static void refuse(Answer answer, String url) {
    if (answer.status() >= 400) {
      String kind = answer.status() < 500 ? "4xx" : "5xx";
      throw new Attempt(kind, 11200, "HTTP " + answer.status() + " from " + url);
    }
    if (answer.body().length > MAX_BODY) {
      throw new Attempt("size", 11750, answer.body().length + " bytes from " + url);
    }
  }

  private static Attempt classify(Throwable error) {
    return switch (error) {
      case ReadTimeoutException _ -> new Attempt("rt", 11200, "no answer in time");
      case ConnectException _, UnknownHostException _, SSLException _ ->
          new Attempt("ct", 11205, error.toString());
      default -> new Attempt("broken", 11200, error.toString());
    };
  }

  private static Fault failure(Throwable error, String url) {
    return switch (error) {
      case Attempt failed -> new Fault(failed.code, failed.getMessage() + " (" + url + ")");
      case TimeoutException _ -> new Fault(11200, "no answer in time (" + url + ")");
      default -> new Fault(11100, error + " (" + url + ")");
    };
  }
}
