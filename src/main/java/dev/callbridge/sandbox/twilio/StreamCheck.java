package dev.callbridge.sandbox.twilio;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides whether Twilio would open a `<Stream>`, and where to.
final class StreamCheck {

  /// A `<Parameter>`'s name and value together stay below this.
  private static final int MAX_PARAMETER = 500;

  private final SandboxCall call;
  private final boolean strict;

  StreamCheck(SandboxCall call, boolean strict) {
    this.call = call;
    this.strict = strict;
  }

  /// @throws Fault where Twilio would not open it
  StreamTarget target(Verb.Stream stream, Twiml document, String streamSid) {
    try {
      return new StreamTarget(
          streamSid,
          withoutQuery(document.resolveSocket(stream.url())),
          stream.name() == null ? streamSid : stream.name(),
          callback(stream, document),
          stream.statusCallbackMethod(),
          stream.parameters());
    } catch (IllegalArgumentException e) {
      throw new Fault(31923, "Stream - Malformed URL: " + e.getMessage());
    }
  }

  /// @throws Fault where Twilio would not open it
  void check(Verb.Stream stream, StreamTarget target) {
    URI url = URI.create(target.url());
    if (url.getHost() == null) {
      throw new Fault(31923, "Stream - Malformed URL: " + target.url());
    }
    // The sandbox's one exception: a server on this machine needs no certificate.
    boolean plain = "ws".equals(url.getScheme()) && (isLoopback(url.getHost()) || !strict);
    if (!"wss".equals(url.getScheme()) && !plain) {
      throw new Fault(31922, "Stream - URL scheme not supported: " + target.url());
    }
    if (stream.track() != null && !stream.track().equals("inbound_track")) {
      throw new Fault(31941, "Stream - Invalid track: " + stream.track());
    }
    for (Map.Entry<String, String> parameter : stream.parameters().entrySet()) {
      int length = parameter.getKey().length() + parameter.getValue().length();
      if (strict && length >= MAX_PARAMETER) {
        throw new Fault(
            12200, "<Parameter> " + parameter.getKey() + " has " + length + " characters");
      }
    }
  }

  private static @Nullable String callback(Verb.Stream stream, Twiml document) {
    return stream.statusCallback() == null ? null : document.resolve(stream.statusCallback());
  }

  private String withoutQuery(String url) {
    int query = url.indexOf('?');
    if (query < 0) {
      return url;
    }
    if (strict) {
      call.verdict(31920, "the query string of " + url + " is not supported and is dropped");
    }
    return url.substring(0, query);
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
  }
}
