package dev.callbridge.reservations;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Pattern;

/// Text that people can have meant, and that PostgreSQL stores as it is.
final class Plain {

  private static final Pattern ODD =
      Pattern.compile("[\\p{Cntrl}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069]");

  private Plain() {}

  /// No control characters, nothing that turns the direction of writing, no half of a surrogate
  /// pair.
  static boolean isPlain(String text) {
    return !ODD.matcher(text).find() && UTF_8.newEncoder().canEncode(text);
  }

  /// Without what people write between the digits.
  static String number(String text) {
    return text.replaceAll("[\\s()./-]", "");
  }
}
