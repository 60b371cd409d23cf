package dev.callbridge.aftercall;

import dev.callbridge.elevenlabs.ElevenLabsSettings;
import dev.callbridge.elevenlabs.WebhookSignature;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
class AfterCallRoutes {

  @Bean
  WebhookSignature webhookSignature(ElevenLabsSettings settings) {
    return new WebhookSignature(settings.webhookSecrets(), Clock.systemUTC());
  }

  @Bean
  RouterFunction<ServerResponse> afterCall(PostCallWebhook webhook) {
    return RouterFunctions.route().POST("/elevenlabs/webhook", webhook::receive).build();
  }
}
