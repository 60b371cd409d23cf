package dev.callbridge.diagnostics;

import dev.callbridge.twilio.TwilioSettings;
import dev.callbridge.twilio.TwilioSignature;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;

/// Sends to an origin what Twilio would, signed as Twilio signs, and sees who answers.
@Component
class OriginProbe {

  private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final HttpClient http =
      HttpClient.create(ConnectionProvider.newConnection())
          .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
          .followRedirect(false)
          .responseTimeout(TIMEOUT);

  private final TwilioSettings settings;
  private final TwilioSignature signature;

  OriginProbe(TwilioSettings settings, TwilioSignature signature) {
    this.settings = settings;
    this.signature = signature;
  }

  /// Who answered.
  sealed interface Seen {

    /// A Callbridge with our token.
    ///
    /// @param whole nothing was taken out on the way
    record Us(boolean whole) implements Seen {}

    record Refused() implements Seen {}

    record Redirect(String to) implements Seen {}

    record Other(int status) implements Seen {}

    record Nobody(String why) implements Seen {}
  }

  /// A webhook.
  Mono<Seen> post(URI url) {
    List<Map.Entry<String, String>> form = List.of(Map.entry("AccountSid", settings.accountSid()));
    return seen(
        http.headers(headers ->
                headers
                    .set(HttpHeaderNames.CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .set("X-Twilio-Signature", signature.sign(url.toString(), form)))
            .post()
            .uri(url.toString())
            .send(Mono.fromSupplier(() -> buffer("AccountSid=" + settings.accountSid())))
            .response());
  }

  /// What opens a media socket, up to where it is accepted.
  Mono<Seen> upgrade(URI url) {
    return seen(
        http.headers(headers ->
                headers
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                    .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                    .set("X-Twilio-Signature", signature.sign(url.toString(), List.of())))
            .get()
            .uri(url.toString())
            .response());
  }

  private static ByteBuf buffer(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Mono<Seen> seen(Mono<HttpClientResponse> answer) {
    return answer
        .map(OriginProbe::who)
        .timeout(TIMEOUT)
        .onErrorResume(e -> Mono.just(new Seen.Nobody(why(e))));
  }

  private static Seen who(HttpClientResponse answer) {
    int status = answer.status().code();
    String mark = answer.responseHeaders().get(ReachRoute.MARK, "");
    if (status == 200 && !mark.isEmpty()) {
      return new Seen.Us(mark.equals(ReachRoute.WHOLE));
    } else if (status == 403) {
      return new Seen.Refused();
    } else if (status >= 300 && status < 400) {
      return new Seen.Redirect(host(answer.responseHeaders().get(HttpHeaderNames.LOCATION, "")));
    }
    return new Seen.Other(status);
  }

  private static String host(String location) {
    try {
      return Text.of(URI.create(location));
    } catch (IllegalArgumentException e) {
      return "somewhere else";
    }
  }

  private static String why(Throwable e) {
    return switch (e) {
      case UnknownHostException _ -> "the name is not known";
      case SSLException _ -> "its certificate, or its TLS, is not accepted";
      case TimeoutException _ -> "no answer in time";
      case ConnectException _ -> "the connection is refused";
      default -> e.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    };
  }
}
