package dev.callbridge.audio;

/// Base64 as the bytes of its text: audio is relayed in the form it came in, so it is checked, and
/// decoded only for somebody who listens.
public final class Base64Text {

  private static final boolean[] ALPHABET = new boolean[256];
  private static final int[] VALUE = new int[128];

  static {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < alphabet.length(); i++) {
      ALPHABET[alphabet.charAt(i)] = true;
      VALUE[alphabet.charAt(i)] = i;
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

  /// Decodes valid text without making an array.
  ///
  /// @return how many bytes were written to `into`, 0 when it is too small for all
  public static int decode(byte[] text, byte[] into) {
    int length = decodedLength(text);
    if (length > into.length) {
      return 0;
    }
    for (int from = 0, to = 0; to < length; from += 4) {
      int bits = group(text, from);
      for (int shift = 16; shift >= 0 && to < length; shift -= 8) {
        into[to++] = (byte) (bits >> shift);
      }
    }
    return length;
  }

  /// Three bytes in an int, from four characters of valid text.
  static int group(byte[] text, int from) {
    return VALUE[text[from] & 0x7F] << 18
        | VALUE[text[from + 1] & 0x7F] << 12
        | VALUE[text[from + 2] & 0x7F] << 6
        | VALUE[text[from + 3] & 0x7F];
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
