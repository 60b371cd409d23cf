package dev.callbridge.sandbox;

import dev.callbridge.elevenlabs.ElevenLabsSettings;
import dev.callbridge.sandbox.elevenlabs.SandboxElevenLabs;
import dev.callbridge.sandbox.twilio.SandboxTwilio;
import dev.callbridge.twilio.TwilioSettings;
import java.net.URI;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.context.annotation.Profile;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Every answer says that it comes from a sandbox, and which vendors are simulated in it: one that
/// the settings put at another address is real.
@Component
@Profile("sandbox")
final class SandboxHeader implements WebFilter, Ordered {

  private final String simulated;

  SandboxHeader(
      TwilioSettings twilio,
      SandboxTwilio carrier,
      ElevenLabsSettings elevenlabs,
      SandboxElevenLabs agents) {
    simulated =
        Stream.of(
                isAt(twilio.apiUrl(), carrier.url()) ? "twilio" : "",
                isAt(elevenlabs.apiUrl(), agents.url()) ? "elevenlabs" : "")
            .filter(name -> !name.isEmpty())
            .collect(Collectors.joining(", "));
  }

  static boolean isAt(URI used, URI simulated) {
    return used.getPort() == simulated.getPort()
        && Objects.equals(used.getHost(), simulated.getHost());
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    var headers = exchange.getResponse().getHeaders();
    headers.set("Callbridge-Mode", "SANDBOX");
    headers.set("Callbridge-Simulated", simulated.isEmpty() ? "none" : simulated);
    return chain.filter(exchange);
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }
}
