package dev.callbridge.elevenlabs;

import dev.callbridge.agent.Agent;
import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.secrets.Secret;
import dev.callbridge.sockets.LingeringClose;
import dev.callbridge.sockets.Reach;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.resources.ConnectionProvider;

/// An agent of the ElevenLabs platform, over its conversation socket.
@Component
public final class ElevenLabsAgent implements Agent {

  /// One `audio` message may hold many seconds of speech.
  static final int MAX_FRAME_BYTES = 16 * 1024 * 1024;

  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /// Reactor Netty has no bound of its own on a peer that accepts and never answers the upgrade.
  static final Duration UPGRADE_TIMEOUT = Duration.ofSeconds(3);

  static final Duration METADATA_TIMEOUT = Duration.ofSeconds(4);

  /// Caller audio in the kernel is stale audio: about a second's worth, then the call's own bounded
  /// buffer takes over, which drops the oldest.
  private static final int SEND_BUFFER_BYTES = 16 * 1024;

  /// The same for what waits before the kernel: about half a second's worth.
  private static final WriteBufferWaterMark WRITE_BUFFER =
      new WriteBufferWaterMark(4 * 1024, 8 * 1024);

  private static final Pattern STATUS = Pattern.compile("\\b([1-5]\\d\\d)\\b");

  private final SignedUrls signedUrls;
  private final Circuits circuits;
  private static final List<String> COUNTED =
      List.of(
          "callbridge.agent.openings.retried",
          "callbridge.agent.pings.dropped",
          "callbridge.agent.messages.malformed",
          "callbridge.agent.messages.unrecognized",
          "callbridge.agent.transcoded");

  private final MeterRegistry meters;

  /// A connection per conversation and no pool: a pool's limit would be one on calls that nobody
  /// set.
  private final HttpClient sockets;

  ElevenLabsAgent(SignedUrls signedUrls, Circuits circuits, MeterRegistry meters, Reach reach) {
    this.sockets =
        reach.bounded(
            HttpClient.create(ConnectionProvider.newConnection())
                .option(
                    ChannelOption.CONNECT_TIMEOUT_MILLIS,
                    Math.toIntExact(CONNECT_TIMEOUT.toMillis()))
                .option(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
                .option(ChannelOption.TCP_NODELAY, true));
    this.signedUrls = signedUrls;
    this.circuits = circuits;
    this.meters = meters;
    AgentCodec.learn();
    // Counters that stay at zero are there all the same.
    COUNTED.forEach(meters::counter);
  }

  /// Subscribed to with an [EventLoop] in its context, the socket lives on that loop: the two
  /// sockets of a call then share a thread, and no frame changes hands.
  @Override
  public Flux<FromAgent> converse(Introduction introduction, Flux<ToAgent> caller) {
    return Flux.deferContextual(context -> {
      HttpClient client =
          context.<EventLoop>getOrEmpty(EventLoop.class).map(sockets::runOn).orElse(sockets);
      Flux<FromAgent> conversation =
          Flux.usingWhen(
              signedUrls.next(introduction.agentId()).flatMap(url -> open(client, url)),
              socket -> new AgentSession(socket, meters).talk(introduction, caller),
              AgentSession::hangUp,
              AgentSession::giveUp,
              AgentSession::hangUp);
      Opening opening =
          new Opening(introduction.callId(), meters.counter("callbridge.agent.openings.retried"));
      return circuits.ofAgent(introduction.agentId()).guard(opening.of(conversation));
    });
  }

  private static Mono<Connection> open(HttpClient client, Secret url) {
    WebsocketClientSpec spec =
        WebsocketClientSpec.builder()
            .maxFramePayloadLength(MAX_FRAME_BYTES)
            .compress(false)
            // Its own answers have no bound, where ours do.
            .handlePing(true)
            .build();
    return client
        .websocket(spec)
        .uri(url.value())
        .connect()
        .cast(Connection.class)
        // The agent's voice still comes in when the caller hangs up: our close frame is to arrive.
        .doOnNext(connection -> connection.channel().pipeline().addFirst(new LingeringClose()))
        .timeout(CONNECT_TIMEOUT.plus(UPGRADE_TIMEOUT))
        .onErrorMap(e -> new AgentException(reason(e), retryAfter(e)));
  }

  /// Reactor Netty's messages hold the whole URL, signature included: only the kind is kept.
  private static String reason(Throwable e) {
    return switch (e) {
      case TimeoutException _ -> "upgrade_timeout";
      case ConnectTimeoutException _ -> "connect_timeout";
      case ConnectException _ -> "connect_refused";
      case UnknownHostException _ -> "unknown_host";
      case SslHandshakeTimeoutException _ -> "tls_timeout";
      case SSLException _ -> "tls";
      case WebSocketClientHandshakeException refused -> "upgrade_" + status(refused);
      case IOException _ -> "connection_lost_on_upgrade";
      default -> "connect_failed";
    };
  }

  private static @Nullable Duration retryAfter(Throwable e) {
    return e instanceof WebSocketClientHandshakeException refused && refused.response() != null
        ? Opening.retryAfter(refused.response().headers().get(HttpHeaderNames.RETRY_AFTER))
        : null;
  }

  private static String status(WebSocketClientHandshakeException refused) {
    Matcher status = STATUS.matcher(String.valueOf(refused.getMessage()));
    return status.find() ? status.group(1) : "refused";
  }
}
