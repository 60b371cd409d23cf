package dev.callbridge.steering;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.call.Call;
import dev.callbridge.elevenlabs.Workspace;
import dev.callbridge.elevenlabs.WorkspaceException;
import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// In which voice the agent of a call speaks.
@Component
final class AgentVoices {

  /// Voices of agents are changed by people, and seldom.
  private static final Duration KEPT = Duration.ofMinutes(5);

  private static final int MAX_KEPT = 1_000;

  private final Assistants assistants;
  private final Workspace workspace;
  private final Cache<String, String> known =
      Caffeine.newBuilder().expireAfterWrite(KEPT).maximumSize(MAX_KEPT).build();

  AgentVoices(Assistants assistants, Workspace workspace) {
    this.assistants = assistants;
    this.workspace = workspace;
  }

  /// Fails with a 502 where ElevenLabs does not say.
  Mono<String> of(Call call) {
    Assistant assistant = assistants.of(call.plan().assistant());
    if (call.plan().voiceId() != null) {
      return Mono.just(call.plan().voiceId());
    } else if (assistant.voiceId() != null) {
      return Mono.just(assistant.voiceId());
    } else if (assistant.own() != null) {
      return Mono.just(assistant.own().voiceId());
    }
    String agentId = assistant.agentId();
    return Mono.justOrEmpty(known.getIfPresent(agentId))
        .switchIfEmpty(
            Mono.defer(() -> workspace.agent(agentId))
                .mapNotNull(profile -> profile.voiceId())
                .filter(voice -> voice.matches("[A-Za-z0-9]{1,64}"))
                .doOnNext(voice -> known.put(agentId, voice))
                .onErrorMap(WorkspaceException.class, _ -> unknown()))
        .switchIfEmpty(Mono.error(AgentVoices::unknown));
  }

  private static ResponseStatusException unknown() {
    return new ResponseStatusException(
        HttpStatus.BAD_GATEWAY, "ElevenLabs does not say in which voice the agent speaks");
  }
}
