package dev.callbridge.live;

import dev.callbridge.call.CallResource;
import dev.callbridge.requests.InvalidRequestException;
import dev.callbridge.sockets.Channels;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultHttpContent;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/// Calls as they happen, as server-sent events.
@RestController
@RequestMapping(CallResource.PATH)
class StreamController {

  private static final String LAST_SEEN = "Last-Event-ID";

  /// What the system may keep for a client that does not read. Its own measure goes up to
  /// megabytes.
  private static final int SEND_BUFFER = 64 * 1024;

  private final Subscribers subscribers;
  private final Beginnings beginnings;

  StreamController(Subscribers subscribers, Beginnings beginnings) {
    this.subscribers = subscribers;
    this.beginnings = beginnings;
  }

  @GetMapping("/stream")
  Mono<Void> all(ServerWebExchange exchange) {
    return stream(exchange, new QueryReader(exchange.getRequest().getQueryParams()).stream(null));
  }

  @GetMapping("/{id}/stream")
  Mono<Void> one(@PathVariable String id, ServerWebExchange exchange) {
    QueryReader query = new QueryReader(exchange.getRequest().getQueryParams());
    return stream(exchange, query.stream(QueryReader.callId(id)));
  }

  private Mono<Void> stream(ServerWebExchange exchange, StreamFilter filter) {
    Long lastSeen = lastSeen(exchange.getRequest().getHeaders());
    Channel channel =
        Channels.of(
            ServerHttpResponseDecorator.<HttpServerResponse>getNativeResponse(
                exchange.getResponse()));
    return Mono.using(
        () -> subscribers.enter(filter, channel::close),
        entered ->
            beginnings
                .of(filter, lastSeen)
                .doOnNext(beginning ->
                    entered.subscriber().beginWith(beginning.first(), beginning.from()))
                // Not a flatMap: it would keep the whole query for as long as the stream is on.
                .then(
                    Mono.fromRunnable(
                        () -> channel.config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER)))
                .then(Mono.defer(() -> write(exchange.getResponse(), entered.subscriber()))),
        subscribers::leave);
  }

  /// Past Spring, which would ask for dozens of pieces before the first has left: Reactor Netty
  /// does, of any publisher of many. One by one, each is over when the socket has taken it.
  private static Mono<Void> write(ServerHttpResponse response, Subscriber subscriber) {
    HttpHeaders headers = response.getHeaders();
    headers.setContentType(MediaType.TEXT_EVENT_STREAM);
    headers.setCacheControl("no-store");
    // Proxies that would rather collect a response before they pass it on.
    headers.set("X-Accel-Buffering", "no");
    HttpServerResponse netty = ServerHttpResponseDecorator.getNativeResponse(response);
    return response
        .setComplete()
        .then(Mono.defer(() -> netty.sendHeaders().then()))
        .thenMany(
            subscriber.pieces().concatMap(piece -> piece.flatMap(bytes -> sent(netty, bytes)), 1))
        .then();
  }

  private static Mono<Void> sent(HttpServerResponse netty, byte[] bytes) {
    return netty.sendObject(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes))).then();
  }

  private static @Nullable Long lastSeen(HttpHeaders headers) {
    String sent = headers.getFirst(LAST_SEEN);
    if (sent == null || sent.isEmpty()) {
      return null;
    } else if (!sent.matches("[0-9]{1,18}")) {
      throw InvalidRequestException.badRequest(
          LAST_SEEN, Parameters.quoted(sent) + " is not the id of an event");
    }
    return Long.valueOf(sent);
  }
}
