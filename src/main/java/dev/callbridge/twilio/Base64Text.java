package dev.callbridge.twilio;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/// Base64 as the bytes of its text: audio is relayed in the form it came in, so it is checked once
/// and never decoded.
final class Base64Text {

  private static final boolean[] ALPHABET = new boolean[256];

  static {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < alphabet.length(); i++) {
      ALPHABET[alphabet.charAt(i)] = true;
    }
  }

  private Base64Text() {}

  /// Where the base64 text that begins at `from` ends: the index of the first byte outside it.
  static int end(byte[] text, int from, int limit) {
    int at = from;
    while (at < limit && ALPHABET[text[at] & 0xFF]) {
      at++;
    }
    while (at < limit && text[at] == '=') {
      at++;
    }
    return at;
  }

  /// Whole groups of four, padding only at the end.
  static boolean isValid(byte[] text) {
    int padding = 0;
    while (padding < 2 && padding < text.length && text[text.length - 1 - padding] == '=') {
      padding++;
    }
    return text.length % 4 == 0 && end(text, 0, text.length - padding) == text.length - padding;
  }

  static final class Reader extends ValueDeserializer<byte[]> {
    @Override
    public byte[] deserialize(JsonParser parser, DeserializationContext context) {
      byte[] text = parser.getString().getBytes(StandardCharsets.ISO_8859_1);
      if (!isValid(text)) {
        return context.reportInputMismatch(byte[].class, "media.payload is not base64");
      }
      return text;
    }
  }
}
