package dev.callbridge.diagnostics;

import dev.callbridge.twilio.TwilioAccount;
import dev.callbridge.twilio.TwilioAccount.Webhook;
import dev.callbridge.twilio.TwilioSettings;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Whether the number's webhooks are ours. Calls that come in depend on them; calls that we place
/// bring their own.
@Component
class NumberSteps {

  static final String ROUTING = "number-routing";
  static final String VOICE = "number-voice-webhook";
  static final String FALLBACK = "number-fallback";
  static final String STATUS = "number-status-callback";

  /// Each of them answers a call that comes in.
  private static final Set<String> VOICE_PATHS =
      Set.of("/twilio/voice", "/api/v1/elevenlabs-twilio/call/incoming", "/twiml");

  private static final String WHERE =
      "In the Twilio Console under Phone Numbers, Active Numbers, the number, Voice Configuration: ";

  private final Facts facts;
  private final TwilioSettings settings;

  NumberSteps(Facts facts, TwilioSettings settings) {
    this.facts = facts;
    this.settings = settings;
  }

  List<Step> steps() {
    return List.of(
        step(
            ROUTING,
            "Nothing overrides the number's webhook",
            TwilioSteps.NUMBER,
            NumberSteps::routing),
        step(VOICE, "The number's voice webhook is ours", ROUTING, this::voice),
        step(FALLBACK, "The number's fallback is ours", ROUTING, this::fallback),
        step(STATUS, "The number's status callback is ours", ROUTING, this::status));
  }

  private Step step(
      String id, String title, String needs, Function<TwilioAccount.Number, Finding> words) {
    return new Step(
        id, title, Set.of(needs), _ -> facts.number().flatMap(Mono::justOrEmpty).map(words));
  }

  private static Finding routing(TwilioAccount.Number number) {
    if (number.trunkSid() != null) {
      return Finding.failed(
          "A SIP trunk (%s) takes the number's calls: its webhook is never asked."
              .formatted(Text.of(number.trunkSid())),
          "Under Elastic SIP Trunking, Trunks, the trunk, Numbers: remove the number.");
    } else if (number.applicationSid() != null) {
      return Finding.failed(
          "A TwiML application (%s) takes the number's calls: its webhook is never asked."
              .formatted(Text.of(number.applicationSid())),
          WHERE + "let it be configured with webhooks, not with a TwiML App.");
    }
    return Finding.passed("No TwiML application and no SIP trunk is on the number.");
  }

  private Finding voice(TwilioAccount.Number number) {
    URI url = number.voiceUrl().url();
    URI ours = settings.webhook("/twilio/voice");
    String remedy = WHERE + "set A call comes in to Webhook, " + ours + ", HTTP POST.";
    if (url == null) {
      return Finding.failed("The number has no voice webhook.", remedy);
    } else if (!isOurs(url) || !VOICE_PATHS.contains(String.valueOf(url.getRawPath()))) {
      return Finding.failed(
          "The number's voice webhook is %s, not %s.".formatted(Text.of(url), ours), remedy);
    } else if (!isPost(number.voiceUrl()) && !"/twiml".equals(url.getRawPath())) {
      return Finding.failed(
          "The number's voice webhook is asked with %s, not POST."
              .formatted(Text.of(number.voiceUrl().method())),
          remedy);
    }
    return Finding.passed("The number's voice webhook is " + Text.of(url) + ".");
  }

  private Finding fallback(TwilioAccount.Number number) {
    return beside(
        number.fallback(),
        "/twilio/voice/fallback",
        "fallback",
        "Without it a caller hears Twilio's own error message if we do not answer.",
        "set Primary handler fails to Webhook, %s, HTTP POST.");
  }

  private Finding status(TwilioAccount.Number number) {
    return beside(
        number.statusCallback(),
        "/twilio/status",
        "status callback",
        "Without it a call that comes in is over for us only once Twilio has been asked.",
        "set Call status changes to %s, HTTP POST.");
  }

  /// Calls work without it.
  private Finding beside(
      Webhook webhook, String path, String name, String otherwise, String remedy) {
    URI ours = settings.webhook(path);
    String mend = WHERE + remedy.formatted(ours);
    URI url = webhook.url();
    if (url == null) {
      return Finding.warning("The number has no " + name + ". " + otherwise, mend);
    } else if (!isOurs(url) || !path.equals(url.getRawPath())) {
      return Finding.warning(
          "The number's %s is %s, not %s. %s".formatted(name, Text.of(url), ours, otherwise), mend);
    } else if (!isPost(webhook)) {
      return Finding.warning(
          "The number's %s is asked with %s, not POST. %s"
              .formatted(name, Text.of(webhook.method()), otherwise),
          mend);
    }
    return Finding.passed("The number's %s is %s.".formatted(name, Text.of(url)));
  }

  private boolean isOurs(URI url) {
    return origin(url).equals(origin(settings.webhook("/")))
        || origin(url).equals(origin(settings.publicUrl("/")));
  }

  /// A default port may be written or left out.
  private static String origin(URI url) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    int port = url.getPort() >= 0 ? url.getPort() : scheme.equals("https") ? 443 : 80;
    return scheme + "://" + String.valueOf(url.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
  }

  private static boolean isPost(Webhook webhook) {
    return "POST".equalsIgnoreCase(webhook.method());
  }
}
