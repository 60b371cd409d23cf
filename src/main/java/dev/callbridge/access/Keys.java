package dev.callbridge.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/// What keys look like. Ours have 256 random bits: a plain SHA-256 of one cannot be turned back.
final class Keys {

  /// By which a leaked one is found in code and logs.
  static final String MARK = "cbk_";

  static final int PREFIX_LENGTH = MARK.length() + 8;

  private static final String BITS = "[A-Za-z0-9_-]{43}";
  private static final Pattern FORM = Pattern.compile(MARK + BITS);
  private static final Pattern RANDOM_FORM = Pattern.compile(BITS);
  private static final SecureRandom RANDOM = new SecureRandom();

  private Keys() {}

  static String make() {
    return MARK + random();
  }

  /// 256 bits that nobody can guess.
  static String random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// Whether it can be what [#random] made.
  static boolean isRandom(String text) {
    return RANDOM_FORM.matcher(text).matches();
  }

  /// Whether it can be one that was made here, so that it is worth asking the database.
  static boolean hasForm(String key) {
    return FORM.matcher(key).matches();
  }

  /// As much of it as may be shown and logged.
  static String prefix(String key) {
    return hasForm(key) ? key.substring(0, PREFIX_LENGTH) : "of another form";
  }

  static byte[] hash(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is in every Java platform", e);
    }
  }
}
