package dev.callbridge.bridge;

import dev.callbridge.bridge.MediaStreamHandler.Admission;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.EvidenceWriter;
import dev.callbridge.call.LiveCalls;
import dev.callbridge.sockets.Channels;
import dev.callbridge.sockets.LingeringClose;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;

/// Makes a media socket of a request that may have one, as long as there is room, and refuses the
/// others.
@Component
class MediaUpgrades {

  private static final Logger LOG = LoggerFactory.getLogger(MediaUpgrades.class);

  private final LiveCalls live;
  private final MediaStreamHandler handler;
  private final RelayMeters meters;
  private final EvidenceWriter evidence;

  MediaUpgrades(
      LiveCalls live, MediaStreamHandler handler, RelayMeters meters, EvidenceWriter evidence) {
    this.live = live;
    this.handler = handler;
    this.meters = meters;
    this.evidence = evidence;
  }

  static boolean isUpgrade(ServerHttpRequest request) {
    return "websocket".equalsIgnoreCase(request.getHeaders().getFirst(HttpHeaders.UPGRADE));
  }

  Mono<Void> upgrade(ServerWebExchange exchange, Admission admission) {
    UUID callId = admission.callId();
    Optional<LiveCalls.Permit> permit = live.admit(callId);
    if (permit.isEmpty()) {
      if (callId != null) {
        evidence.write(allLinesBusy(callId));
      }
      return refuse(exchange, HttpStatus.SERVICE_UNAVAILABLE, "all lines are busy");
    }
    ServerHttpResponse response = exchange.getResponse();
    HttpServerResponse netty = ServerHttpResponseDecorator.getNativeResponse(response);
    WebsocketServerSpec spec =
        WebsocketServerSpec.builder()
            .maxFramePayloadLength(MediaStreamHandler.MAX_FRAME_BYTES)
            .compress(false)
            .build();
    // Frames that come right behind the upgrade are lost while another thread is still at it.
    return response
        .setComplete()
        .thenReturn(netty)
        .publishOn(Schedulers.fromExecutor(Channels.of(netty).eventLoop()))
        .then(
            Mono.defer(() ->
                netty.sendWebsocket(
                    (in, out) -> {
                      upgraded(in, permit.get());
                      return handler.handle(in, out, admission);
                    },
                    spec)))
        .doOnError(_ -> permit.get().giveBack())
        .doOnCancel(() -> permit.get().giveBack());
  }

  /// Counts for a call that never had a stream. One that had is told what it was that it lost.
  private static CallEvent allLinesBusy(UUID callId) {
    return new CallEvent(
        callId,
        CallEvent.Kind.REJECTED,
        CallEvent.Source.RELAY,
        CallEvent.Kind.REJECTED.name(),
        Clock.systemUTC().instant(),
        Map.of("reason", "all_lines_busy"));
  }

  /// The upgrade is complete when the socket opens: the call lasts as long as the connection.
  private static void upgraded(WebsocketInbound in, LiveCalls.Permit permit) {
    in.withConnection(connection -> {
      connection.channel().pipeline().addFirst(new LingeringClose());
      connection.onDispose(permit::giveBack);
    });
  }

  Mono<Void> refuse(ServerWebExchange exchange, HttpStatus status, String why) {
    LOG.warn("media socket refused: {}", why);
    meters.refused(status);
    exchange.getResponse().setStatusCode(status);
    return exchange.getResponse().setComplete();
  }
}
