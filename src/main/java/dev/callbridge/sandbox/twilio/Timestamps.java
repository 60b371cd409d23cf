package dev.callbridge.sandbox.twilio;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// How Twilio writes dates: RFC 2822 in call callbacks and REST, ISO 8601 in stream callbacks.
final class Timestamps {
  private static final DateTimeFormatter RFC_2822 =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.US)
          .withZone(ZoneOffset.UTC);

  private Timestamps() {}

  static String rfc2822(Instant at) {
    return RFC_2822.format(at);
  }

  static String iso8601(Instant at) {
    return DateTimeFormatter.ISO_INSTANT.format(at);
  }
}
