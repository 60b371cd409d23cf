package dev.callbridge.twilio;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class TwilioBeans {

  @Bean
  TwilioSignature twilioSignature(TwilioSettings settings) {
    return new TwilioSignature(settings.authTokens());
  }
}
