package dev.callbridge.diagnostics;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.elevenlabs.ElevenLabsSettings;
import dev.callbridge.secrets.Secret;
import dev.callbridge.twilio.TwilioSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Whether the settings can be right at all: mistakes of copying, which a vendor would only answer
/// with a refusal.
@Component
class SettingsStep {

  static final String ID = "settings";

  private final TwilioSettings twilio;
  private final ElevenLabsSettings elevenlabs;

  SettingsStep(TwilioSettings twilio, ElevenLabsSettings elevenlabs) {
    this.twilio = twilio;
    this.elevenlabs = elevenlabs;
  }

  Step step() {
    return new Step(
        ID,
        "The settings are there and can be right",
        Set.of(),
        assistant -> Mono.fromSupplier(() -> check(assistant)));
  }

  Finding check(Assistant assistant) {
    List<String> wrong = new ArrayList<>();
    if (!twilio.accountSid().matches("AC[0-9a-fA-F]{32}")) {
      wrong.add("TWILIO_ACCOUNT_SID is not AC and 32 hexadecimal digits");
    }
    if (twilio.authTokens().getFirst().isBlank()) {
      wrong.add("TWILIO_AUTH_TOKEN is empty");
    }
    if (!String.valueOf(twilio.phoneNumber()).matches("\\+[1-9][0-9]{6,14}")) {
      wrong.add("TWILIO_PHONE_NUMBER is not a number such as +15550001000");
    }
    if (!assistant.agentId().matches("[A-Za-z0-9_-]{1,100}")) {
      wrong.add("the assistant's agent-id (ELEVENLABS_AGENT_ID) is not an agent's id");
    }
    if (!elevenlabs.publicAgents() && elevenlabs.apiKeyOrEmpty().isBlank()) {
      wrong.add("ELEVENLABS_API_KEY is empty");
    }
    if (!wrong.isEmpty()) {
      return Finding.failed(
          "Wrong: " + String.join("; ", wrong) + ".",
          "Set what is named as the README's table of settings says, and start Callbridge again.");
    } else if (elevenlabs.webhookSecrets().stream().allMatch(Secret::isBlank)) {
      return Finding.warning(
          "ELEVENLABS_WEBHOOK_SECRET is not set: post-call webhooks are refused, and each analysis comes minutes later.",
          "In ElevenLabs, make a post-call webhook to %s and set ELEVENLABS_WEBHOOK_SECRET to its secret."
              .formatted(twilio.publicUrl("/elevenlabs/webhook")));
    }
    return Finding.passed("All that are required are set.");
  }
}
