package dev.callbridge.bridge;

import dev.callbridge.twilio.TwilioSettings;
import dev.callbridge.twilio.TwilioSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/// Where Twilio opens media sockets. Everything that can be checked is checked before the 101, the
/// cheap first; what fails is refused, never accepted and closed.
@Component
class MediaStreamEndpoint implements WebHandler {

  private final TwilioSettings settings;
  private final TwilioSignature signature;
  private final Admissions admissions;
  private final MediaUpgrades upgrades;

  MediaStreamEndpoint(
      TwilioSettings settings,
      TwilioSignature signature,
      Admissions admissions,
      MediaUpgrades upgrades) {
    this.settings = settings;
    this.signature = signature;
    this.admissions = admissions;
    this.upgrades = upgrades;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    if (!MediaUpgrades.isUpgrade(request)) {
      return upgrades.refuse(exchange, HttpStatus.UPGRADE_REQUIRED, "not a WebSocket upgrade");
    }
    // Twilio sends no Origin; a browser always does.
    if (request.getHeaders().containsHeader(HttpHeaders.ORIGIN)) {
      return upgrades.refuse(exchange, HttpStatus.FORBIDDEN, "it has an Origin");
    }
    List<String> signatures = request.getHeaders().getOrEmpty("X-Twilio-Signature");
    if (signatures.size() != 1
        || !signature.isValid(spellings(request), List.of(), signatures.getFirst())) {
      return upgrades.refuse(exchange, HttpStatus.FORBIDDEN, "its signature is not Twilio's");
    }
    Map<String, String> path =
        exchange.getAttributeOrDefault(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, Map.of());
    return admissions
        .forPath(path, request.getQueryParams().toSingleValueMap())
        .map(Optional::of)
        .defaultIfEmpty(Optional.empty())
        .flatMap(admission ->
            admission.isPresent()
                ? upgrades.upgrade(exchange, admission.get())
                : upgrades.refuse(exchange, HttpStatus.FORBIDDEN, "its ticket is not valid"))
        .onErrorResume(
            StoreAway.class,
            e -> upgrades.refuse(exchange, HttpStatus.SERVICE_UNAVAILABLE, "the database is away"));
  }

  /// The database did not answer: nobody is let in on that account.
  static final class StoreAway extends RuntimeException {
    StoreAway(Throwable cause) {
      super("the database did not answer", cause);
    }
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
}
