package dev.callbridge.sandbox.twilio;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/// Twilio's identifiers: two letters that name the kind, then 32 hexadecimal digits.
final class Sids {
  private Sids() {}

  static String next(String kind) {
    var random = new byte[16];
    ThreadLocalRandom.current().nextBytes(random);
    return kind + HexFormat.of().formatHex(random);
  }
}
