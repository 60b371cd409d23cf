package dev.callbridge.elevenlabs;

import dev.callbridge.secrets.Secret;
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
    @Nullable Secret apiKey,
    @DefaultValue("https://api.elevenlabs.io") URI apiUrl,
    @DefaultValue("false") boolean publicAgents,
    @DefaultValue Map<String, Secret> agentKeys,
    @DefaultValue List<Secret> webhookSecrets) {

  private static final Secret NO_KEY = new Secret("");

  /// The key that opens conversations with that agent.
  Secret keyOf(String agentId) {
    return agentKeys.getOrDefault(agentId, apiKeyOrEmpty());
  }

  /// The host of REST and sockets, without a slash at the end.
  public String origin() {
    return apiUrl.toString().replaceAll("/+$", "");
  }

  /// The same for sockets.
  public String socketOrigin() {
    return origin().replaceFirst("^http", "ws");
  }

  public Secret apiKeyOrEmpty() {
    return apiKey == null ? NO_KEY : apiKey;
  }
}
