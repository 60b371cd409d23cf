package dev.callbridge.sandbox.elevenlabs;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.util.retry.Retry;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Posts what became of each conversation, signed, a moment after its end. How it went is in the
/// session's timeline, as `webhook` and the status of the answer.
final class PostCallWebhooks {

  private static final JsonMapper JSON = new JsonMapper();

  private static final Duration ANALYSING = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Retry RETRY = Retry.backoff(2, Duration.ofMillis(500));

  private final @Nullable URI url;
  private final String secret;
  private final HttpClient http;

  PostCallWebhooks(@Nullable URI url, String secret, LoopResources loop) {
    this.url = url;
    this.secret = secret;
    this.http =
        HttpClient.create(ConnectionProvider.newConnection())
            .runOn(loop)
            .disableRetry(true)
            .responseTimeout(TIMEOUT);
  }

  /// A conversation that never began has no report.
  void ended(AgentSession session) {
    boolean begun = session.first("sent conversation_initiation_metadata").isPresent();
    AgentBehaviour behaviour = session.behaviour();
    if (begun
        && behaviour != AgentBehaviour.REPORTS_EARLY
        && behaviour != AgentBehaviour.REPORTS_NEVER) {
      post(session);
    }
  }

  void post(AgentSession session) {
    if (url == null) {
      return;
    }
    Mono<Void> once = Mono.defer(() -> send(url, session));
    Mono<Void> all = session.behaviour() == AgentBehaviour.REPORTS_TWICE ? once.then(once) : once;
    Mono.delay(session.hasEnded() ? ANALYSING : Duration.ZERO)
        .then(all)
        .subscribe(_ -> {}, e -> session.note("webhook", "lost, " + e));
  }

  private Mono<Void> send(URI target, AgentSession session) {
    String body = body(session);
    long now = Instant.now().getEpochSecond();
    boolean forged = session.behaviour() == AgentBehaviour.REPORTS_FORGED;
    String signature = sign(forged ? secret + "?" : secret, now + "." + body);
    return http.headers(headers ->
            headers
                .set("Content-Type", "application/json")
                .set("User-Agent", "ElevenLabs/1.0")
                .set("ElevenLabs-Signature", "t=" + now + ",v0=" + signature))
        .post()
        .uri(target)
        .send(ByteBufMono.fromString(Mono.just(body)))
        .response()
        .map(response -> response.status().code())
        .doOnNext(status -> session.note("webhook", String.valueOf(status)))
        .flatMap(status ->
            status >= 500
                ? Mono.<Void>error(new IllegalStateException("status " + status))
                : Mono.<Void>empty())
        .retryWhen(RETRY);
  }

  private static String body(AgentSession session) {
    ObjectNode data = ConversationJson.finished(session);
    if (session.behaviour() == AgentBehaviour.REPORTS_STRANGER) {
      data.put("conversation_id", "conv_stranger_" + session.conversationId().substring(5));
    }
    ObjectNode message = JSON.createObjectNode();
    message.put("type", "post_call_transcription");
    message.put("event_timestamp", Instant.now().getEpochSecond());
    message.set("data", data);
    return message.toString();
  }

  private static String sign(String key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
    }
  }
}
