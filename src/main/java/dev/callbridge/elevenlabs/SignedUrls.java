package dev.callbridge.elevenlabs;

import dev.callbridge.agent.AgentException;
import dev.callbridge.secrets.Secret;
import dev.callbridge.sockets.Reach;
import io.netty.channel.ChannelOption;
import io.netty.handler.timeout.ReadTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where the next conversation is to be opened: one signed URL per call, good for fifteen minutes.
@Component
final class SignedUrls {

  /// From the request to the whole answer.
  static final Duration TIMEOUT = Duration.ofSeconds(3);

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
  private static final int MAX_CONNECTIONS = 100;
  private static final int MAX_WAITING = 2_000;

  private final ElevenLabsSettings settings;
  private final Circuits circuits;
  private final WebClient rest;

  SignedUrls(ElevenLabsSettings settings, Circuits circuits, Reach reach) {
    this.settings = settings;
    this.circuits = circuits;
    ConnectionProvider pool =
        ConnectionProvider.builder("elevenlabs-rest")
            .maxConnections(MAX_CONNECTIONS)
            .pendingAcquireMaxCount(MAX_WAITING)
            .pendingAcquireTimeout(TIMEOUT)
            .maxIdleTime(Duration.ofSeconds(30))
            .build();
    HttpClient http =
        reach
            .bounded(HttpClient.create(pool))
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .responseTimeout(TIMEOUT);
    rest = WebClient.builder().clientConnector(new ReactorClientHttpConnector(http)).build();
  }

  /// Fails with [AgentException], at once while the key is known to be refused. The URL is a
  /// credential.
  Mono<Secret> next(String agentId) {
    return next(agentId, Circuit::check);
  }

  /// The same also while the key is known to be refused: nobody waits on the line, and whoever asks
  /// wants to know whether it still is.
  Mono<Secret> nextInAnyCase(String agentId) {
    return next(agentId, _ -> {});
  }

  private Mono<Secret> next(String agentId, Consumer<Circuit> gate) {
    String agent = "agent_id=" + URLEncoder.encode(agentId, StandardCharsets.UTF_8);
    if (settings.publicAgents()) {
      String socket = settings.origin().replaceFirst("^http", "ws");
      return Mono.just(new Secret(socket + "/v1/convai/conversation?" + agent));
    }
    Secret key = settings.keyOf(agentId);
    Circuit circuit = circuits.ofKey(key);
    return Mono.defer(
            () -> {
              gate.accept(circuit);
              return ask(agent, key);
            })
        .doOnNext(_ -> circuit.close())
        .doOnError(AgentException.class, e -> refused(circuit, e.reason()));
  }

  private Mono<Secret> ask(String agent, Secret key) {
    return rest.get()
        .uri(URI.create(settings.origin() + "/v1/convai/conversation/get-signed-url?" + agent))
        .headers(headers -> headers.set("xi-api-key", key.value()))
        .retrieve()
        .bodyToMono(String.class)
        .timeout(TIMEOUT)
        .map(this::signedUrl)
        .switchIfEmpty(Mono.error(() -> new AgentException("signed_url_unreadable")))
        .onErrorMap(e -> !(e instanceof AgentException), SignedUrls::failure);
  }

  private Secret signedUrl(String body) {
    URI url;
    try {
      url = URI.create(JSON.readTree(body).path("signed_url").asString(""));
    } catch (JacksonException | IllegalArgumentException e) {
      throw new AgentException("signed_url_unreadable");
    }
    if (!isOurs(url)) {
      throw new AgentException("signed_url_elsewhere");
    }
    return new Secret(url.toString());
  }

  /// Conversations are opened with the host that was asked, or another of ElevenLabs's, and in the
  /// clear only where the API itself is.
  private boolean isOurs(URI url) {
    String scheme = "http".equals(settings.apiUrl().getScheme()) ? "ws" : "wss";
    String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
    String api = settings.apiUrl().getHost().toLowerCase(Locale.ROOT);
    return scheme.equals(url.getScheme())
        && (host.equals(api)
            || (isLoopback(host) && isLoopback(api))
            || (api.endsWith(".elevenlabs.io") && host.endsWith(".elevenlabs.io")));
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.matches("127(\\.\\d{1,3}){3}");
  }

  /// A key that is refused, or out of credit, is so for every call. Others need not wait to hear
  /// it.
  private static void refused(Circuit circuit, String reason) {
    if (reason.matches("signed_url_40[12]_quota_exceeded")) {
      circuit.open("quota_exceeded");
    } else if (reason.startsWith("signed_url_402")) {
      circuit.open("payment_required");
    } else if (reason.startsWith("signed_url_401")) {
      circuit.open("invalid_api_key");
    }
  }

  private static AgentException failure(Throwable e) {
    return switch (e) {
      case WebClientResponseException answer ->
          new AgentException(
              "signed_url_" + word(answer),
              Opening.retryAfter(answer.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)));
      case TimeoutException _ -> new AgentException("signed_url_timeout");
      // The client's own bound and ours are the same, and either may be first.
      case WebClientException _ when e.getCause() instanceof ReadTimeoutException ->
          new AgentException("signed_url_timeout");
      case WebClientException _ -> new AgentException("signed_url_unreachable");
      default -> new AgentException("signed_url_failed");
    };
  }

  /// The status, and ElevenLabs's own word for it where there is one: out of credit and a bad key
  /// are both 401.
  private static String word(WebClientResponseException answer) {
    String code = code(answer.getResponseBodyAsByteArray());
    return answer.getStatusCode().value() + (code == null ? "" : "_" + code);
  }

  /// ElevenLabs's word for a refusal, null where the answer has none.
  static @Nullable String code(byte[] body) {
    try {
      JsonNode detail = JSON.readTree(body).path("detail");
      String code = detail.path("code").asString(detail.path("status").asString(""));
      return code.matches("[a-z_]{1,40}") ? code : null;
    } catch (JacksonException e) {
      // An HTML page from something in between: the status says enough.
      return null;
    }
  }
}
