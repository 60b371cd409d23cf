package dev.callbridge.telephony;

import dev.callbridge.twilio.TwilioSettings;
import dev.callbridge.twilio.TwilioSignature;
import dev.callbridge.twilio.WebhookForm;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Lets only Twilio's own requests reach a webhook. The form is read here, once, as it was sent:
/// every byte of it is signed.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
final class WebhookFilter implements WebFilter {

  /// Twilio's webhooks are a kilobyte or two.
  static final int MAX_BODY_BYTES = 32 * 1024;

  static final Duration BODY_TIMEOUT = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(WebhookFilter.class);
  private static final String REFUSED = "callbridge.webhooks.refused";
  private static final String FORM = WebhookFilter.class.getName() + ".form";

  private final TwilioSettings settings;
  private final TwilioSignature signature;
  private final MeterRegistry meters;

  WebhookFilter(TwilioSettings settings, TwilioSignature signature, MeterRegistry meters) {
    this.settings = settings;
    this.signature = signature;
    this.meters = meters;
    meters.counter(REFUSED, "status", "" + HttpStatus.FORBIDDEN.value());
  }

  /// The parameters of a request that has passed: those of the body, or of the query of a GET.
  static WebhookForm form(ServerWebExchange exchange) {
    return exchange.getRequiredAttribute(FORM);
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (!isWebhook(exchange.getRequest().getPath().value())) {
      return chain.filter(exchange);
    }
    return read(exchange.getRequest())
        .flatMap(form -> {
          if (!isTwilios(exchange.getRequest(), form)) {
            return refuse(exchange, HttpStatus.FORBIDDEN, "its signature is not Twilio's");
          } else if (form.hasRepeatedNames() || !isOurAccount(form)) {
            return refuse(exchange, HttpStatus.FORBIDDEN, "it is not about our account");
          }
          exchange.getAttributes().put(FORM, form);
          return chain.filter(exchange).thenReturn(true);
        })
        .onErrorResume(
            Refused.class, refused -> refuse(exchange, refused.status, refused.getMessage()))
        .then();
  }

  private static boolean isWebhook(String path) {
    return (path.startsWith("/twilio/") && !path.startsWith("/twilio/media/"))
        || path.equals("/twiml")
        || path.equals("/api/v1/elevenlabs-twilio/call/incoming");
  }

  private Mono<WebhookForm> read(ServerHttpRequest request) {
    if (HttpMethod.GET.equals(request.getMethod())) {
      return parse("");
    } else if (!HttpMethod.POST.equals(request.getMethod())) {
      return Mono.error(new Refused(HttpStatus.METHOD_NOT_ALLOWED, "it is neither GET nor POST"));
    }
    MediaType type = request.getHeaders().getContentType();
    if (type == null || !type.isCompatibleWith(MediaType.APPLICATION_FORM_URLENCODED)) {
      return Mono.error(new Refused(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "it is not a form"));
    }
    return DataBufferUtils.join(request.getBody(), MAX_BODY_BYTES)
        .timeout(BODY_TIMEOUT)
        .map(WebhookFilter::text)
        .defaultIfEmpty("")
        .flatMap(WebhookFilter::parse)
        .onErrorMap(
            DataBufferLimitException.class,
            _ -> new Refused(HttpStatus.CONTENT_TOO_LARGE, "its body is too large"))
        .onErrorMap(
            TimeoutException.class,
            _ -> new Refused(HttpStatus.REQUEST_TIMEOUT, "its body did not come"));
  }

  private static Mono<WebhookForm> parse(String body) {
    try {
      return Mono.just(WebhookForm.parse(body));
    } catch (IllegalArgumentException e) {
      return Mono.error(new Refused(HttpStatus.BAD_REQUEST, "its form cannot be read"));
    }
  }

  private static String text(DataBuffer body) {
    String text = body.toString(StandardCharsets.UTF_8);
    DataBufferUtils.release(body);
    return text;
  }

  private boolean isTwilios(ServerHttpRequest request, WebhookForm form) {
    List<String> signatures = request.getHeaders().getOrEmpty("X-Twilio-Signature");
    return signatures.size() == 1
        && signature.isValid(spellings(request), form.parameters(), signatures.getFirst());
  }

  /// The address as Twilio was given it: the configured origin, never the `Host` header. A fragment
  /// is not sent, and is not signed, but not everybody knows.
  private List<String> spellings(ServerHttpRequest request) {
    String query = request.getURI().getRawQuery();
    String path = request.getURI().getRawPath() + (query == null ? "" : "?" + query);
    List<String> urls = new ArrayList<>();
    for (URI address :
        new LinkedHashSet<>(List.of(settings.webhook(path), settings.publicUrl(path)))) {
      for (String url : TwilioSettings.spellings(address)) {
        urls.add(url);
        urls.add(url + TwilioSettings.RETRIES);
      }
    }
    return urls;
  }

  private boolean isOurAccount(WebhookForm form) {
    String account = form.get("AccountSid");
    return account == null || account.equals(settings.accountSid());
  }

  private Mono<Boolean> refuse(ServerWebExchange exchange, HttpStatus status, String why) {
    LOG.warn("webhook refused: {}", why);
    meters.counter(REFUSED, "status", "" + status.value()).increment();
    exchange.getResponse().setStatusCode(status);
    return exchange.getResponse().setComplete().thenReturn(false);
  }

  private static final class Refused extends RuntimeException {
    private final HttpStatus status;

    Refused(HttpStatus status, String message) {
      super(message, null, false, false);
      this.status = status;
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}
