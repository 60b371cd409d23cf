package dev.callbridge.twilio;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The parameters of a webhook in the order they came, repeated names kept: all of them are signed.
public final class WebhookForm {

  /// More than any webhook of Twilio's has.
  static final int MAX_PARAMETERS = 100;

  private static final Pattern TWILIOS =
      Pattern.compile(
          "(Account|Call|ParentCall)Sid|ApiVersion|Call(Status|Token)|CallerName|Direction|ForwardedFrom|StirVerstat"
              + "|StirPassportToken|Error(Code|Url)|(From|To|Caller|Called)(City|State|Zip|Country)?|Sip\\w*");

  private final List<Map.Entry<String, String>> parameters;

  private WebhookForm(List<Map.Entry<String, String>> parameters) {
    this.parameters = List.copyOf(parameters);
  }

  /// Reads `application/x-www-form-urlencoded` text, or a query string. A name without `=` has an
  /// empty value.
  ///
  /// @throws IllegalArgumentException on a broken escape or too many parameters
  public static WebhookForm parse(@Nullable String encoded) {
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    if (encoded != null && !encoded.isEmpty()) {
      for (String pair : encoded.split("&", MAX_PARAMETERS + 1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        parameters.add(Map.entry(decode(name), decode(value)));
      }
    }
    if (parameters.size() > MAX_PARAMETERS) {
      throw new IllegalArgumentException(
          "more than " + MAX_PARAMETERS + " parameters in one request");
    }
    return new WebhookForm(parameters);
  }

  public List<Map.Entry<String, String>> parameters() {
    return parameters;
  }

  /// The value of that parameter, or null when it is missing or empty.
  public @Nullable String get(String name) {
    for (var parameter : parameters) {
      if (parameter.getKey().equals(name) && !parameter.getValue().isEmpty()) {
        return parameter.getValue();
      }
    }
    return null;
  }

  /// First value of each name.
  public Map<String, String> asMap() {
    Map<String, String> map = new LinkedHashMap<>();
    parameters.forEach(parameter -> map.putIfAbsent(parameter.getKey(), parameter.getValue()));
    return map;
  }

  /// Whether a name comes twice: nothing Twilio sends us does, and which one counts is a guess.
  public boolean hasRepeatedNames() {
    return asMap().size() != parameters.size();
  }

  /// Whether it is Twilio that says something by that name, and not who wrote the webhook's URL.
  public static boolean isTwilios(String name) {
    return TWILIOS.matcher(name).matches();
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
