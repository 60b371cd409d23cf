package dev.callbridge.elevenlabs;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The ElevenLabs account.
///
/// @param apiKey not needed while every agent is public
/// @param apiUrl sockets are at the same host
/// @param publicAgents open sockets by agent id alone, for agents without authentication
/// @param agentKeys API keys by agent id, for agents of other workspaces
/// @param webhookSecrets whose signatures are accepted on post-call webhooks, several during a
///   rotation; with none, every webhook is refused
@ConfigurationProperties("callbridge.elevenlabs")
public record ElevenLabsSettings(
    @Nullable String apiKey,
    @DefaultValue("https://api.elevenlabs.io") URI apiUrl,
    @DefaultValue("false") boolean publicAgents,
    @DefaultValue Map<String, String> agentKeys,
    @DefaultValue List<String> webhookSecrets) {

  /// The key that opens conversations with that agent.
  String keyOf(String agentId) {
    return agentKeys.getOrDefault(agentId, String.valueOf(apiKey));
  }

  /// The host of REST and sockets, without a slash at the end.
  public String origin() {
    return apiUrl.toString().replaceAll("/+$", "");
  }

  /// The same for sockets.
  public String socketOrigin() {
    return origin().replaceFirst("^http", "ws");
  }

  public String apiKeyOrEmpty() {
    return apiKey == null ? "" : apiKey;
  }

  @Override
  public String toString() {
    return "ElevenLabsSettings[apiUrl=" + apiUrl + ", publicAgents=" + publicAgents + "]";
  }
}
