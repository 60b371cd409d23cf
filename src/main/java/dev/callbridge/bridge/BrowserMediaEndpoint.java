package dev.callbridge.bridge;

import dev.callbridge.bridge.MediaStreamHandler.Admission;
import dev.callbridge.bridge.MediaStreamHandler.AdmittedCall;
import dev.callbridge.call.Call;
import dev.callbridge.call.Carrier;
import dev.callbridge.call.MediaTickets;
import dev.callbridge.twilio.FromTwilio;
import dev.callbridge.twilio.TwilioSettings;
import io.github.bucket4j.Bucket;
import java.time.Duration;
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

/// Where our own page opens a media socket, and speaks as Twilio would. It shows a ticket of a
/// browser call; from the upgrade on nothing distinguishes it.
@Component
class BrowserMediaEndpoint implements WebHandler {

  private static final Duration SECOND = Duration.ofSeconds(1);

  /// Anybody can claim an origin and guess: what that costs the database has an end.
  private static final int TICKETS_PER_SECOND = 50;

  private final Bucket guesses =
      Bucket.builder()
          .addLimit(
              limit -> limit.capacity(TICKETS_PER_SECOND).refillGreedy(TICKETS_PER_SECOND, SECOND))
          .build();

  private final MediaTickets tickets;
  private final MediaUpgrades upgrades;
  private final PageOrigins origins;

  BrowserMediaEndpoint(MediaTickets tickets, MediaUpgrades upgrades, TwilioSettings settings) {
    this.tickets = tickets;
    this.upgrades = upgrades;
    this.origins = PageOrigins.of(settings.publicUrl(""));
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    if (!MediaUpgrades.isUpgrade(request)) {
      return upgrades.refuse(exchange, HttpStatus.UPGRADE_REQUIRED, "not a WebSocket upgrade");
    }
    List<String> origin = request.getHeaders().getOrEmpty(HttpHeaders.ORIGIN);
    if (origin.size() != 1 || !origins.include(origin.getFirst())) {
      return upgrades.refuse(exchange, HttpStatus.FORBIDDEN, "it is not from a page of ours");
    }
    if (!guesses.tryConsume(1)) {
      return upgrades.refuse(exchange, HttpStatus.SERVICE_UNAVAILABLE, "too many come at once");
    }
    Map<String, String> path =
        exchange.getAttributeOrDefault(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, Map.of());
    return tickets
        .redeem(path.getOrDefault("token", ""), Carrier.BROWSER)
        .map(Optional::of)
        .defaultIfEmpty(Optional.empty())
        .onErrorMap(MediaStreamEndpoint.StoreAway::new)
        .flatMap(ticket ->
            ticket.isPresent()
                ? upgrades.upgrade(exchange, of(ticket.get()))
                : upgrades.refuse(exchange, HttpStatus.FORBIDDEN, "its ticket is not valid"))
        .onErrorResume(
            MediaStreamEndpoint.StoreAway.class,
            _ -> upgrades.refuse(exchange, HttpStatus.SERVICE_UNAVAILABLE, "the database is away"));
  }

  /// Nobody asks what comes after the stream.
  private static Admission of(MediaTickets.Redeemed ticket) {
    AdmittedCall admitted = new AdmittedCall(ticket.call(), ticket.sessions() + 1, true);
    return start -> names(ticket.call(), start) ? Mono.just(admitted) : Mono.empty();
  }

  private static boolean names(Call call, FromTwilio.Start start) {
    return call.id().toString().equals(start.start().callSid());
  }
}
