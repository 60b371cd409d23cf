package dev.callbridge.audio;

/// Base64 as the bytes of its text: audio is relayed in the form it came in, so it is checked and
/// never decoded.
public final class Base64Text {

  private static final boolean[] ALPHABET = new boolean[256];

  static {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < alphabet.length(); i++) {
      ALPHABET[alphabet.charAt(i)] = true;
    }
  }

  private Base64Text() {}

  /// Where the base64 text that begins at `from` ends: the index of the first byte outside it, or
  /// -1 when what there is, is not whole groups of four with padding only at the end.
  public static int end(byte[] text, int from, int limit) {
    int at = from;
    while (at < limit && ALPHABET[text[at] & 0xFF]) {
      at++;
    }
    int padded = at;
    while (padded < limit && text[padded] == '=') {
      padded++;
    }
    return padded - at <= 2 && (padded - from) % 4 == 0 ? padded : -1;
  }

  public static boolean isValid(byte[] text) {
    return end(text, 0, text.length) == text.length;
  }

  /// How many bytes that text stands for.
  public static int decodedLength(byte[] text) {
    int padding = 0;
    while (padding < 2 && padding < text.length && text[text.length - 1 - padding] == '=') {
      padding++;
    }
    return text.length / 4 * 3 - padding;
  }
}
