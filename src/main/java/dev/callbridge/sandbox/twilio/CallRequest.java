package dev.callbridge.sandbox.twilio;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A checked `POST Calls`.
///
/// @param url asked for TwiML on answer; null where `twiml` is given
/// @param ring how long it may ring
/// @param limit how long it may last, from the answer
/// @param machineDetection `Enable`, `DetectMessageEnd` or null
/// @param asyncAmdCallback told the result of asynchronous detection, which runs beside the TwiML
record CallRequest(
    String to,
    String from,
    @Nullable String url,
    String method,
    @Nullable String twiml,
    @Nullable String fallbackUrl,
    String fallbackMethod,
    @Nullable String statusCallback,
    String statusCallbackMethod,
    Set<String> statusEvents,
    Duration ring,
    Duration limit,
    @Nullable String machineDetection,
    boolean asyncAmd,
    @Nullable String asyncAmdCallback,
    String asyncAmdMethod) {

  private static final Pattern E164 = Pattern.compile("\\+[1-9]\\d{6,14}");
  private static final Pattern ADDRESS = Pattern.compile("(sip|client):.+");
  private static final int MAX_TWIML = 4000;
  private static final Duration DEFAULT_LIMIT = Duration.ofHours(4);

  /// @throws RestError where Twilio would refuse
  static CallRequest of(Form form, SandboxTwilio.Settings settings) {
    String to = form.get("To");
    String from = form.get("From");
    if (to == null) {
      throw RestError.badRequest(21201, "No 'To' number is specified");
    }
    if (!isNumber(to)) {
      throw RestError.badRequest(21211, "The 'To' number " + to + " is not a valid phone number.");
    }
    if (from == null || !isNumber(from)) {
      throw RestError.badRequest(
          21212, "The 'From' number " + from + " is not a valid phone number.");
    }
    if (!settings.phoneNumbers().isEmpty() && !settings.phoneNumbers().contains(from)) {
      throw RestError.badRequest(
          21210,
          "The source phone number provided, "
              + from
              + ", is not yet verified for your account. You may only make calls from phone numbers"
              + " that you've verified or purchased from Twilio.");
    }
    String url = form.get("Url");
    String twiml = form.get("Twiml");
    checkInstructions(url, twiml);
    String detection = form.get("SendDigits") == null ? form.get("MachineDetection") : null;
    if (detection != null && !Set.of("Enable", "DetectMessageEnd").contains(detection)) {
      throw RestError.badRequest(21234, "Invalid MachineDetection value: " + detection);
    }
    Set<String> events = Set.copyOf(form.all("StatusCallbackEvent"));
    return new CallRequest(
        to,
        from,
        url,
        form.get("Method", "POST"),
        url == null ? twiml : null,
        form.get("FallbackUrl"),
        form.get("FallbackMethod", "POST"),
        form.get("StatusCallback"),
        form.get("StatusCallbackMethod", "POST"),
        events.isEmpty() ? StatusCallbacks.ONLY_THE_END : events,
        seconds(form.get("Timeout"), Duration.ofSeconds(60)),
        seconds(form.get("TimeLimit"), DEFAULT_LIMIT),
        detection,
        form.get("AsyncAmd", "false").equals("true"),
        form.get("AsyncAmdStatusCallback"),
        form.get("AsyncAmdStatusCallbackMethod", "POST"));
  }

  /// @throws RestError 21205, where neither of them says what to do on answer
  static void checkInstructions(@Nullable String url, @Nullable String twiml) {
    if (url == null && twiml == null) {
      throw RestError.badRequest(21205, "Url parameter is required.");
    }
    if (url != null && !isWebUrl(url)) {
      throw RestError.badRequest(21205, "Url is not a valid URL: " + url);
    }
    if (url == null && twiml != null && twiml.length() > MAX_TWIML) {
      throw RestError.badRequest(
          20001, "Twiml has " + twiml.length() + " characters, more than " + MAX_TWIML);
    }
  }

  private static boolean isNumber(String address) {
    return E164.matcher(address).matches() || ADDRESS.matcher(address).matches();
  }

  private static boolean isWebUrl(String text) {
    try {
      URI url = URI.create(text);
      return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && url.getHost() != null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static Duration seconds(@Nullable String text, Duration otherwise) {
    try {
      return text == null ? otherwise : Duration.ofSeconds(Integer.parseUnsignedInt(text));
    } catch (NumberFormatException _) {
      throw RestError.badRequest(20001, "Not a number of seconds: " + text);
    }
  }
}
