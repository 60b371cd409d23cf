package dev.callbridge.reservations;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/// By which it is known whether a request came before.
final class Hashes {

  private Hashes() {}

  static byte[] sha256(byte @Nullable [] body) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(body == null ? new byte[0] : body);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is in every Java platform", e);
    }
  }
}
