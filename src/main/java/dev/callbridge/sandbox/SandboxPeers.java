package dev.callbridge.sandbox;

import dev.callbridge.elevenlabs.ElevenLabsSettings;
import dev.callbridge.sandbox.elevenlabs.SandboxElevenLabs;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.sandbox.twilio.Clips;
import dev.callbridge.sandbox.twilio.SandboxTwilio;
import dev.callbridge.twilio.TwilioSettings;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/// The two vendors, each listening on this machine only.
@Configuration(proxyBeanMethods = false)
@Profile("sandbox")
class SandboxPeers {

  private static final String HOST = "127.0.0.1";

  /// What the people in the telephone book say, by the names the book has for it.
  private static final Map<String, String> SPEECH =
      Map.of(
          "booking", "whole-booking",
          "utterance-1", "book-table",
          "utterance-2", "two-people",
          "utterance-3", "friday-seven",
          "interruption", "one-moment",
          "voicemail-greeting", "voicemail",
          "beep", "beep");

  @Bean(destroyMethod = "close")
  SandboxTwilio sandboxTwilio(SandboxSettings sandbox, TwilioSettings twilio) {
    SpeechClips speech = SpeechClips.load();
    Clips clips = name -> speech.clip(SPEECH.getOrDefault(name, name)).ulaw();
    SandboxTwilio carrier =
        SandboxTwilio.start(
            new SandboxTwilio.Settings(
                    HOST,
                    sandbox.twilioPort(),
                    twilio.accountSid(),
                    twilio.authTokens().getFirst().value(),
                    true)
                .withSpeedUp(sandbox.speedUp())
                .withClips(clips)
                .withPhoneNumbers(List.of(Objects.requireNonNull(twilio.phoneNumber()))));
    carrier
        .book()
        .setUp(
            Map.of(
                "voice_url", twilio.webhook("/twilio/voice"),
                "voice_fallback_url", twilio.webhook("/twilio/voice/fallback"),
                "status_callback", twilio.webhook("/twilio/status")));
    return carrier;
  }

  @Bean(destroyMethod = "close")
  SandboxElevenLabs sandboxElevenLabs(
      SandboxSettings sandbox, ElevenLabsSettings elevenlabs, TwilioSettings twilio) {
    return SandboxElevenLabs.start(
        new SandboxElevenLabs.Settings(
                HOST, sandbox.elevenlabsPort(), elevenlabs.apiKeyOrEmpty().value())
            .withWebhook(
                twilio.publicUrl("/elevenlabs/webhook"),
                elevenlabs.webhookSecrets().getFirst().value()));
  }
}
