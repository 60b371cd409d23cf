package dev.callbridge.elevenlabs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.elevenlabs.WorkspaceException.Kind;
import dev.callbridge.sandbox.elevenlabs.AgentBehaviour;
import dev.callbridge.sandbox.elevenlabs.SandboxElevenLabs;
import dev.callbridge.secrets.Secret;
import dev.callbridge.sockets.Reach;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

final class AgentAccessTests {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String NORMAL = AgentBehaviour.NORMAL.agentId();
  private static final String REFUSES = AgentBehaviour.REFUSES.agentId();

  private static final SandboxElevenLabs PLATFORM =
      SandboxElevenLabs.start(SandboxElevenLabs.Settings.loopback("key"));

  @AfterAll
  static void stop() {
    PLATFORM.close();
  }

  @Test
  void whatIsRefusedIsRememberedAndAskedForAgainAllTheSame() {
    AgentAccess access = access("key", false);
    assertThat(access.closedFor(REFUSES)).isEmpty();

    expect(access, REFUSES, Optional.of("signed_url_401_invalid_api_key"));
    assertThat(access.closedFor(REFUSES)).contains("invalid_api_key");
    assertThat(access.closedFor(NORMAL)).as("it is the same key").contains("invalid_api_key");

    int before = PLATFORM.signedUrlRequests().size();
    expect(access, NORMAL, Optional.empty());
    assertThat(PLATFORM.signedUrlRequests()).hasSize(before + 1);
    assertThat(access.closedFor(REFUSES)).as("the key is accepted again").isEmpty();
  }

  @Test
  void aPublicAgentNeedsNobodysLeave() {
    AgentAccess access = access(null, true);
    int before = PLATFORM.signedUrlRequests().size();

    expect(access, NORMAL, Optional.empty());

    assertThat(access.isPublic()).isTrue();
    assertThat(access.closedFor(NORMAL)).isEmpty();
    assertThat(PLATFORM.signedUrlRequests()).hasSize(before);
  }

  @Test
  void withoutAKeyNothingIsAsked() {
    StepVerifier.create(new Workspace(settings(null, true), Reach.usual()).agent(NORMAL))
        .expectErrorMatches(e -> ((WorkspaceException) e).kind() == Kind.NO_KEY)
        .verify(SOON);
  }

  @Test
  void anAgentsIdIsNoWayToAnotherAddress() {
    StepVerifier.create(
            new Workspace(settings("key", false), Reach.usual()).agent("../../user/subscription"))
        .expectErrorMatches(e -> e instanceof WorkspaceException)
        .verify(SOON);
  }

  private static void expect(AgentAccess access, String agentId, Optional<String> refusal) {
    StepVerifier.create(access.refusal(agentId)).expectNext(refusal).expectComplete().verify(SOON);
  }

  private static AgentAccess access(@Nullable String key, boolean publicAgents) {
    ElevenLabsSettings settings = settings(key, publicAgents);
    Circuits circuits = new Circuits(new SimpleMeterRegistry());
    return new AgentAccess(settings, new SignedUrls(settings, circuits, Reach.usual()), circuits);
  }

  private static ElevenLabsSettings settings(@Nullable String key, boolean publicAgents) {
    URI url = PLATFORM.url();
    return new ElevenLabsSettings(
        key == null ? null : new Secret(key), url, publicAgents, Map.of(), List.of());
  }
}
