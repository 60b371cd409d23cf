package dev.callbridge.diagnostics;

import dev.callbridge.diagnostics.OriginProbe.Seen;
import dev.callbridge.twilio.TwilioSettings;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Whether what Twilio sends to the public origin arrives here: a webhook, and the upgrade of a
/// media socket. Both are sent the way Twilio would, and come back in from outside.
@Component
class OriginSteps {

  static final String WEBHOOKS = "public-origin";
  static final String SOCKETS = "media-origin";

  private final TwilioSettings settings;
  private final Mono<Seen> webhook;
  private final Mono<Seen> socket;

  OriginSteps(TwilioSettings settings, OriginProbe probe, Facts facts) {
    this.settings = settings;
    webhook = facts.shared(Mono.defer(() -> probe.post(settings.webhook(ReachRoute.PATH))));
    socket = facts.shared(Mono.defer(() -> probe.upgrade(settings.publicUrl(ReachRoute.PATH))));
  }

  List<Step> steps() {
    return List.of(
        new Step(
            WEBHOOKS,
            "Webhooks to the public origin reach us",
            Set.of(),
            _ -> webhook.map(seen -> words(seen, settings.webhook("/")))),
        new Step(
            SOCKETS,
            "Media sockets to the public origin reach us",
            Set.of(),
            _ -> socket.map(seen -> words(seen, settings.publicUrl("/")))));
  }

  Finding words(Seen seen, URI origin) {
    String where = Text.of(origin);
    return switch (seen) {
      case Seen.Us(boolean upgrade) when upgrade ->
          isFor(origin)
              ? Finding.passed(where + " leads here.")
              : Finding.warning(
                  where + " leads here, and Twilio is not on this machine.",
                  "Give Callbridge a public https origin and set BASE_URL to it.");
      case Seen.Us _ ->
          Finding.failed(
              where + " leads here, and something on the way takes out the upgrade to a WebSocket.",
              "Let the proxy pass the headers Upgrade and Connection on, and speak HTTP/1.1 to Callbridge.");
      case Seen.Refused _ ->
          Finding.failed(
              where
                  + " leads to a Callbridge that does not accept our signature, or to something that refuses us (403).",
              "See whether BASE_URL is this installation's, whether the proxy changes the path, and whether a firewall stops Twilio.");
      case Seen.Redirect(String to) ->
          Finding.failed(
              where + " redirects to " + Text.of(to) + ": Twilio's signature does not hold there.",
              "Set BASE_URL to the origin that answers by itself, with https and without a redirect.");
      case Seen.Other(int status) ->
          Finding.failed(
              "%s is answered by something else (status %d).".formatted(where, status),
              "Set BASE_URL to the origin that leads to Callbridge, start the tunnel, or let the proxy pass /twilio on.");
      case Seen.Nobody(String why) ->
          Finding.failed(
                  "%s could not be reached from here: %s.".formatted(where, why),
                  "See whether the name is right, the certificate valid and the proxy or tunnel up. If Twilio reaches it and only this machine does not, let its network lead back to itself.")
              .passing();
    };
  }

  /// An origin in the clear is for vendors that are simulated on this machine.
  private boolean isFor(URI origin) {
    String vendor = String.valueOf(settings.apiUrl().getHost());
    return "https".equals(origin.getScheme()) || vendor.matches("localhost|127(\\.\\d{1,3}){3}");
  }
}
