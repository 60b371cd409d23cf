package dev.callbridge.bridge;

import dev.callbridge.bridge.MediaStreamHandler.Admission;
import dev.callbridge.call.LiveCalls;
import dev.callbridge.twilio.TwilioSettings;
import dev.callbridge.twilio.TwilioSignature;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;

/// Where Twilio opens media sockets. Everything that can be checked is checked before the 101, the
/// cheap first; what fails is refused, never accepted and closed.
@Component
class MediaStreamEndpoint implements WebHandler {

  private static final Logger LOG = LoggerFactory.getLogger(MediaStreamEndpoint.class);

  private final TwilioSettings settings;
  private final TwilioSignature signature;
  private final Admissions admissions;
  private final LiveCalls live;
  private final MediaStreamHandler handler;
  private final RelayMeters meters;

  MediaStreamEndpoint(
      TwilioSettings settings,
      TwilioSignature signature,
      Admissions admissions,
      LiveCalls live,
      MediaStreamHandler handler,
      RelayMeters meters) {
    this.settings = settings;
    this.signature = signature;
    this.admissions = admissions;
    this.live = live;
    this.handler = handler;
    this.meters = meters;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    if (!"websocket".equals(lower(request, HttpHeaders.UPGRADE))) {
      return refuse(exchange, HttpStatus.UPGRADE_REQUIRED, "not a WebSocket upgrade");
    }
    // Twilio sends no Origin; a browser always does.
    if (request.getHeaders().containsHeader(HttpHeaders.ORIGIN)) {
      return refuse(exchange, HttpStatus.FORBIDDEN, "it has an Origin");
    }
    List<String> signatures = request.getHeaders().getOrEmpty("X-Twilio-Signature");
    if (signatures.size() != 1
        || !signature.isValid(spellings(request), List.of(), signatures.getFirst())) {
      return refuse(exchange, HttpStatus.FORBIDDEN, "its signature is not Twilio's");
    }
    Map<String, String> path =
        exchange.getAttributeOrDefault(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, Map.of());
    return admissions
        .forPath(path, request.getQueryParams().toSingleValueMap())
        .map(Optional::of)
        .defaultIfEmpty(Optional.empty())
        .flatMap(admission ->
            admission.isPresent()
                ? upgrade(exchange, admission.get())
                : refuse(exchange, HttpStatus.FORBIDDEN, "its ticket is not valid"))
        .onErrorResume(
            StoreAway.class,
            e -> refuse(exchange, HttpStatus.SERVICE_UNAVAILABLE, "the database is away"));
  }

  /// The database did not answer: nobody is let in on that account.
  static final class StoreAway extends RuntimeException {
    StoreAway(Throwable cause) {
      super("the database did not answer", cause);
    }
  }

  private Mono<Void> upgrade(ServerWebExchange exchange, Admission admission) {
    Optional<LiveCalls.Permit> permit = live.admit();
    if (permit.isEmpty()) {
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
        .publishOn(Schedulers.fromExecutor(eventLoop(netty)))
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

  /// The upgrade is complete when the socket opens: the call lasts as long as the connection.
  private static void upgraded(WebsocketInbound in, LiveCalls.Permit permit) {
    in.withConnection(connection -> {
      connection.channel().pipeline().addFirst(new LingeringClose());
      connection.onDispose(permit::giveBack);
    });
  }

  private static EventLoop eventLoop(HttpServerResponse response) {
    EventLoop[] loop = new EventLoop[1];
    response.withConnection(connection -> loop[0] = connection.channel().eventLoop());
    return loop[0];
  }

  /// The URL as our TwiML has it. Twilio drops a query string that TwiML written elsewhere may
  /// hold, and some set-ups sign a slash at the end.
  private List<String> spellings(ServerHttpRequest request) {
    String path = request.getURI().getRawPath();
    String query = request.getURI().getRawQuery();
    List<String> urls = new ArrayList<>();
    urls.addAll(TwilioSettings.spellings(settings.socket(path)));
    urls.addAll(TwilioSettings.spellings(settings.socket(path + "/")));
    if (query != null) {
      urls.addAll(TwilioSettings.spellings(settings.socket(path + "?" + query)));
    }
    return urls;
  }

  private Mono<Void> refuse(ServerWebExchange exchange, HttpStatus status, String why) {
    LOG.warn("media socket refused: {}", why);
    meters.refused(status);
    exchange.getResponse().setStatusCode(status);
    return exchange.getResponse().setComplete();
  }

  private static String lower(ServerHttpRequest request, String header) {
    String value = request.getHeaders().getFirst(header);
    return value == null ? "" : value.toLowerCase(Locale.ROOT);
  }
}
