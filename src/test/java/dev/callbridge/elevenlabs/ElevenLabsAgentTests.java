package dev.callbridge.elevenlabs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.sandbox.elevenlabs.SandboxElevenLabs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

final class ElevenLabsAgentTests {

  private static final Duration SOON = Duration.ofSeconds(5);

  private final SandboxElevenLabs platform =
      SandboxElevenLabs.start(SandboxElevenLabs.Settings.loopback("key"));
  private final ElevenLabsSettings settings = new ElevenLabsSettings("key", platform.url(), false);
  private final ElevenLabsAgent agent =
      new ElevenLabsAgent(new SignedUrls(settings), new SimpleMeterRegistry());

  @AfterEach
  void close() {
    platform.close();
  }

  @Test
  void isReadyBeforeItSaysAnything() {
    var events =
        agent
            .converse(introduction("agent_sandbox"), Flux.never())
            .doOnNext(e -> System.err.println("EVENT " + e))
            .doFinally(x -> {
              System.err.println(x);
              platform
                  .sessions()
                  .forEach(q -> System.err.println(q.timeline() + " " + q.protocolErrors()));
            })
            .take(3)
            .collectList();

    assertThat(events.block(SOON)).first().isInstanceOf(FromAgent.Ready.class);
    platform.sessions().forEach(s -> System.err.println(s.timeline() + " " + s.protocolErrors()));
  }

  private static Introduction introduction(String agentId) {
    return new Introduction(agentId, "call-1", Map.of("name", "John"), null, null, null);
  }
}
