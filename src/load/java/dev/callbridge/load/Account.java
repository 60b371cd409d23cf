package dev.callbridge.load;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.SortedMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The simulated accounts, and Twilio's signature made with the Auth Token of one of them.
record Account(String authToken) {

  static final String SID = "AC" + "0123456789abcdef".repeat(2);
  static final String NUMBER = "+15550001000";
  static final String AGENT_ID = "agent_load";
  static final String ELEVENLABS_KEY = "load-benchmark-not-a-secret-key";

  /// `X-Twilio-Signature` of a request to `url`, where an upgrade has no parameters.
  String sign(String url, SortedMap<String, String> parameters) {
    var signed = new StringBuilder(url);
    parameters.forEach((name, value) -> signed.append(name).append(value));
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(authToken.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      byte[] digest = mac.doFinal(signed.toString().getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HmacSHA1", e);
    }
  }
}
