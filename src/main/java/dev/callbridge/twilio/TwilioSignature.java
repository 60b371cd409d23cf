package dev.callbridge.twilio;

import dev.callbridge.secrets.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// `X-Twilio-Signature`: base64 of HMAC-SHA1 over the URL as Twilio was given it, then every form
/// parameter, name and value, in order of name.
///
/// The SDK's validator takes a `Map`, which folds repeated names, and rebuilds URLs that have a
/// port; this one signs what was sent. Repeated names are signed in order of value, each once.
public final class TwilioSignature {

  private final List<byte[]> keys;

  /// @param authTokens the tokens accepted, newest first; several during a rotation
  public TwilioSignature(Collection<Secret> authTokens) {
    if (authTokens.isEmpty()) {
      throw new IllegalArgumentException("no auth token: a signature could not be checked");
    }
    keys =
        authTokens.stream().map(token -> token.value().getBytes(StandardCharsets.UTF_8)).toList();
  }

  /// What Twilio would send with this URL and these parameters, by the newest token.
  public String sign(String url, List<Map.Entry<String, String>> parameters) {
    return new String(sign(keys.getFirst(), url, parameters), StandardCharsets.ISO_8859_1);
  }

  /// Whether any accepted token made this signature over any of these spellings of the URL.
  public boolean isValid(
      Collection<String> urls,
      List<Map.Entry<String, String>> parameters,
      @Nullable String signature) {
    if (signature == null) {
      return false;
    }
    byte[] claimed = signature.getBytes(StandardCharsets.UTF_8);
    boolean valid = false;
    for (byte[] key : keys) {
      for (String url : urls) {
        valid |= MessageDigest.isEqual(sign(key, url, parameters), claimed);
      }
    }
    return valid;
  }

  private static byte[] sign(byte[] key, String url, List<Map.Entry<String, String>> parameters) {
    StringBuilder signed = new StringBuilder(url);
    parameters.stream()
        .sorted(
            Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry.comparingByValue()))
        .distinct()
        .forEach(parameter -> signed.append(parameter.getKey()).append(parameter.getValue()));
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(key, "HmacSHA1"));
      return Base64.getEncoder()
          .encode(mac.doFinal(signed.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA1 is in every Java platform", e);
    }
  }
}
