package dev.callbridge.elevenlabs;

import dev.callbridge.agent.AgentException;
import java.util.Optional;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Whether conversations with an agent can be opened, without opening one.
@Component
public final class AgentAccess {

  private final ElevenLabsSettings settings;
  private final SignedUrls signedUrls;
  private final Circuits circuits;

  AgentAccess(ElevenLabsSettings settings, SignedUrls signedUrls, Circuits circuits) {
    this.settings = settings;
    this.signedUrls = signedUrls;
    this.circuits = circuits;
  }

  /// Agents are opened by their id alone: no key is asked for.
  public boolean isPublic() {
    return settings.publicAgents();
  }

  /// Asks for a signed URL, as each call does, and throws it away.
  ///
  /// @return the word for why there is none, such as `signed_url_401_invalid_api_key`; empty where
  ///   there is one
  public Mono<Optional<String>> refusal(String agentId) {
    return signedUrls
        .nextInAnyCase(agentId)
        .map(_ -> Optional.<String>empty())
        .onErrorResume(AgentException.class, e -> Mono.just(Optional.of(e.reason())));
  }

  /// What callers are kept from this agent for right now, as calls and [#refusal] have found it:
  /// `invalid_api_key`, `quota_exceeded`, `payment_required` or `quick_failures`. Asks nobody.
  public Optional<String> closedFor(String agentId) {
    Optional<String> agent = circuits.ofAgent(agentId).refusing();
    return agent.isPresent() || settings.publicAgents()
        ? agent
        : circuits.ofKey(settings.keyOf(agentId)).refusing();
  }
}
