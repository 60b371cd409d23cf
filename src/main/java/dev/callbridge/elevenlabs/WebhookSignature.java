package dev.callbridge.elevenlabs;

import dev.callbridge.secrets.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// `ElevenLabs-Signature: t=...,v0=...`: HMAC-SHA256 in lower-case hex over the time, a dot, and
/// the body as it was sent.
public final class WebhookSignature {

  public static final String HEADER = "ElevenLabs-Signature";

  /// How far from now, before or after, a signature may have been made. Older is a replay, later a
  /// clock that cannot be trusted.
  public static final Duration TOLERANCE = Duration.ofSeconds(300);

  /// One for each secret while several are in use, and then some.
  private static final int MAX_SIGNATURES = 8;

  private static final int MAX_HEADER_LENGTH = 1_024;

  /// Twelve digits last for thirty thousand years, and cannot overflow.
  private static final Pattern TIME = Pattern.compile("t=([0-9]{1,12})");

  private static final Pattern SIGNATURE = Pattern.compile("v0=([0-9a-f]{64})");

  /// A scheme of tomorrow, beside the one that is known.
  private static final Pattern OTHER = Pattern.compile("v[1-9][0-9]?=[^,=]*");

  private final List<byte[]> keys;
  private final Clock clock;

  /// @param secrets those accepted, several during a rotation; with none, nothing is valid
  public WebhookSignature(Collection<Secret> secrets, Clock clock) {
    keys =
        secrets.stream()
            .map(secret -> secret.value().strip())
            .filter(secret -> !secret.isEmpty())
            .map(secret -> secret.getBytes(StandardCharsets.UTF_8))
            .toList();
    this.clock = clock;
  }

  /// Whether there is any secret to check with.
  public boolean isConfigured() {
    return !keys.isEmpty();
  }

  /// A header that is well formed and of our time. Whether it is true, the body decides.
  public static final class Claim {
    private final String time;
    private final List<byte[]> signatures;

    private Claim(String time, List<byte[]> signatures) {
      this.time = time;
      this.signatures = signatures;
    }
  }

  /// Reads the header, which needs no body: most of what is not ElevenLabs's ends here.
  public Optional<Claim> claim(List<String> headers) {
    return headers.size() == 1 ? claim(headers.getFirst()) : Optional.empty();
  }

  private Optional<Claim> claim(@Nullable String header) {
    if (header == null || header.length() > MAX_HEADER_LENGTH) {
      return Optional.empty();
    }
    String time = null;
    List<byte[]> signatures = new ArrayList<>();
    for (String part : header.split(",", -1)) {
      var timed = TIME.matcher(part);
      var signed = SIGNATURE.matcher(part);
      if (timed.matches() && time == null) {
        time = timed.group(1);
      } else if (signed.matches()) {
        signatures.add(HexFormat.of().parseHex(signed.group(1)));
      } else if (!OTHER.matcher(part).matches()) {
        return Optional.empty();
      }
    }
    if (time == null || signatures.isEmpty() || signatures.size() > MAX_SIGNATURES) {
      return Optional.empty();
    }
    return isNow(Long.parseLong(time))
        ? Optional.of(new Claim(time, signatures))
        : Optional.empty();
  }

  private boolean isNow(long seconds) {
    Duration distance = Duration.between(Instant.ofEpochSecond(seconds), clock.instant()).abs();
    return distance.compareTo(TOLERANCE) <= 0;
  }

  /// Whether any secret made any of the claimed signatures over this body.
  public boolean isTrue(Claim claim, byte[] body) {
    boolean valid = false;
    for (byte[] key : keys) {
      byte[] expected = sign(key, claim.time, body);
      for (byte[] signature : claim.signatures) {
        valid |= MessageDigest.isEqual(expected, signature);
      }
    }
    return valid;
  }

  private static byte[] sign(byte[] key, String time, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is in every Java platform", e);
    }
  }
}
