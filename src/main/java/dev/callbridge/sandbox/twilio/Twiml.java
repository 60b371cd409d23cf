package dev.callbridge.sandbox.twilio;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A TwiML document.
///
/// @param base where it came from, which its relative URLs are relative to; null for inline TwiML
/// @param warnings what its schema does not allow, and Twilio ignores
record Twiml(@Nullable String base, List<Verb> verbs, List<String> warnings) {

  /// A URL of this document, made absolute.
  ///
  /// @throws IllegalArgumentException where it cannot be
  String resolve(String url) {
    URI relative = URI.create(url);
    if (relative.isAbsolute()) {
      return url;
    }
    if (base == null) {
      throw new IllegalArgumentException("relative URL in inline TwiML: " + url);
    }
    return URI.create(base).resolve(relative).toString();
  }

  /// As [#resolve], for a socket: relative to `https` means `wss`.
  String resolveSocket(String url) {
    if (URI.create(url).isAbsolute()) {
      return url;
    }
    return resolve(url).replaceFirst("^http", "ws");
  }
}
