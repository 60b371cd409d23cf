package dev.callbridge.twilio;

import dev.callbridge.secrets.Secret;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The Twilio account, and where Twilio reaches us.
///
/// @param authTokens the tokens whose signatures are accepted; the first one is used for REST
/// @param phoneNumber the number calls are placed from, E.164
/// @param publicOrigin scheme and host (and port) as Twilio sees them; never taken from a request
/// @param webhookOrigin the same for HTTP webhooks, when they come in by another name
@ConfigurationProperties("callbridge.twilio")
public record TwilioSettings(
    String accountSid,
    List<Secret> authTokens,
    @Nullable String phoneNumber,
    @DefaultValue("https://api.twilio.com") URI apiUrl,
    URI publicOrigin,
    @Nullable URI webhookOrigin) {

  /// Asks Twilio to send a status again that met a time-out or a 5xx. A URL's fragment, for Twilio
  /// alone.
  public static final String RETRIES = "#rc=3&rp=ct,rt,5xx";

  /// A webhook's address as Twilio is to know it.
  public URI webhook(String pathAndQuery) {
    return webhookOrigin == null || webhookOrigin.toString().isEmpty()
        ? publicUrl(pathAndQuery)
        : URI.create(origin(webhookOrigin) + pathAndQuery);
  }

  public URI publicUrl(String pathAndQuery) {
    return URI.create(origin(publicOrigin) + pathAndQuery);
  }

  /// A media socket's address: the public origin with the scheme of a WebSocket.
  public URI socket(String path) {
    return URI.create(origin(publicOrigin).replaceFirst("^http", "ws") + path);
  }

  /// How else that address may have been written when it was signed: Twilio is of two minds about
  /// default ports.
  public static List<String> spellings(URI address) {
    String url = address.toString();
    String secure = address.getScheme().endsWith("s") ? ":443" : ":80";
    String authority = address.getRawAuthority();
    String other =
        authority.endsWith(secure)
            ? authority.substring(0, authority.length() - secure.length())
            : authority + secure;
    return address.getPort() == -1 || authority.endsWith(secure)
        ? List.of(url, url.replaceFirst(Pattern.quote(authority), other))
        : List.of(url);
  }

  private static String origin(URI uri) {
    String text = uri.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /// Without the number.
  @Override
  public String toString() {
    return "TwilioSettings[accountSid=" + accountSid + ", publicOrigin=" + publicOrigin + "]";
  }
}
