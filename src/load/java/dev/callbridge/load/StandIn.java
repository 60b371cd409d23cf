package dev.callbridge.load;

import com.twilio.security.RequestValidator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/// A minimal relay with one fault planted in it, by which the benchmark proves that it sees such a
/// fault. It checks signatures with Twilio's own library: that proves that the tool signs as
/// Twilio.
final class StandIn implements AutoCloseable {

  private final Fault fault;
  private final URI vendor;
  private final RequestValidator validator;
  private final DisposableServer server;
  private final AtomicInteger rings = new AtomicInteger();
  private final StandInCall.Directory calls = new StandInCall.Directory();

  StandIn(Fault fault, int port, URI vendor, Account account) {
    this.fault = fault;
    this.vendor = vendor;
    this.validator = new RequestValidator(account.authToken());
    this.server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(port)
            .route(routes ->
                routes
                    .get("/actuator/health/readiness", (_, response) -> response.send())
                    .post("/twilio/voice", this::voice)
                    .ws("/twilio/media/{call}", this::media))
            .bindNow();
  }

  /// As a process of its own, a plain Reactor Netty relay to compare with: `-Drelay.main`.
  public static void main(String[] arguments) {
    URI vendor = URI.create(setting("TWILIO_API_URL"));
    var account = new Account(setting("TWILIO_AUTH_TOKEN"));
    var management =
        new StandIn(
            Fault.NONE, Integer.parseInt(setting("MANAGEMENT_SERVER_PORT")), vendor, account);
    var relay = new StandIn(Fault.NONE, Integer.parseInt(setting("SERVER_PORT")), vendor, account);
    Mono.when(management.server.onDispose(), relay.server.onDispose()).block();
  }

  private static String setting(String name) {
    return Objects.requireNonNull(System.getenv(name), name);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  private Publisher<Void> voice(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asString()
        .flatMap(body -> answer(request, response, body));
  }

  private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response, String body) {
    var form = new HashMap<String, String>();
    new QueryStringDecoder(body, false)
        .parameters()
        .forEach((name, values) -> form.put(name, values.getFirst()));
    String signature = request.requestHeaders().get("X-Twilio-Signature");
    if (!validator.validate(url() + "/twilio/voice", form, signature)) {
      return response.status(403).send().then();
    }
    if (fault == Fault.REFUSES && rings.incrementAndGet() % 4 == 0) {
      return response.status(503).send().then();
    }
    return response
        .header(HttpHeaderNames.CONTENT_TYPE, "text/xml")
        .sendString(Mono.just(twiml(form.getOrDefault("CallSid", ""))))
        .then();
  }

  private String twiml(String callSid) {
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <Response><Connect><Stream url="%s"><Parameter name="token" value="a&amp;b"/></Stream>\
    </Connect></Response>\
    """
        .formatted(streamUrl(callSid));
  }

  private String streamUrl(String callSid) {
    return "ws://127.0.0.1:" + server.port() + "/twilio/media/" + callSid;
  }

  private Publisher<Void> media(WebsocketInbound in, WebsocketOutbound out) {
    var call = new StandInCall(fault, vendor, calls);
    String signature = in.headers().get("X-Twilio-Signature");
    Mono<Void> bridged =
        call.bridge(
            in, out, callSid -> validator.validate(streamUrl(callSid), Map.of(), signature));
    return fault == Fault.HANGS_UP
        ? bridged.timeout(Duration.ofSeconds(2), out.sendClose())
        : bridged;
  }

  @Override
  public void close() {
    server.disposeNow(Duration.ofSeconds(3));
  }
}
