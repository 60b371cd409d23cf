package dev.callbridge.bridge;

import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;

/// The addresses of media sockets: that of our own page, the one in our TwiML, and those for TwiML
/// written elsewhere.
@Configuration(proxyBeanMethods = false)
class MediaRoutes {

  @Bean
  SimpleUrlHandlerMapping mediaStreams(MediaStreamEndpoint endpoint, BrowserMediaEndpoint browser) {
    return new SimpleUrlHandlerMapping(
        Map.of(
            "/api/v1/browser-calls/media/{token}", browser,
            "/twilio/media/{token}", endpoint,
            "/api/v1/elevenlabs-twilio/call/connection", endpoint,
            "/api/media-stream/{callSid}", endpoint,
            "/stream", endpoint),
        Ordered.HIGHEST_PRECEDENCE + 100);
  }
}
