package dev.callbridge.sandbox.elevenlabs;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Signatures that open one session each, within 15 minutes.
final class SignedUrls {

  static final Duration LIFETIME = Duration.ofMinutes(15);

  /// Signatures remembered. The oldest go first, as if they had expired.
  private static final int MAX_OPEN = 4_096;

  private record Grant(String agentId, long issuedAt) {}

  private final Map<String, Grant> open =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.@Nullable Entry<String, Grant> eldest) {
          return size() > MAX_OPEN;
        }
      };

  /// The query of a socket's URL. The signature always has characters that must stay escaped as
  /// they are.
  synchronized String issue(String agentId) {
    byte[] random = new byte[40];
    ThreadLocalRandom.current().nextBytes(random);
    // "+/" in front, and "==" behind because 40 is not a multiple of 3.
    String signature = "cvtkn+/" + Base64.getEncoder().encodeToString(random);
    open.put(signature, new Grant(agentId, System.nanoTime()));
    return "agent_id=" + escape(agentId) + "&conversation_signature=" + escape(signature);
  }

  /// Whether this signature opens a session with this agent. It does so once.
  synchronized boolean redeem(String agentId, String signature) {
    Grant grant = open.get(signature);
    if (grant == null || !grant.agentId().equals(agentId)) {
      return false;
    }
    open.remove(signature);
    return System.nanoTime() - grant.issuedAt() < LIFETIME.toNanos();
  }

  private static String escape(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
