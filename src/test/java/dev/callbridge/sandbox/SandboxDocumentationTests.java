package dev.callbridge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.elevenlabs.AgentBehaviour;
import dev.callbridge.sandbox.twilio.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// `docs/sandbox.md` says what the sandbox does, and the sandbox does what it says.
final class SandboxDocumentationTests {

  @Test
  void everyNumberAndEveryAgentIsInTheManual() throws IOException {
    String manual = Files.readString(Path.of("docs/sandbox.md"));
    String assistants = Files.readString(Path.of("src/main/resources/application-sandbox.yml"));

    assertThat(Directory.entries())
        .allSatisfy(entry ->
            assertThat(manual)
                .contains("| `%s` | %s |".formatted(entry.digits(), entry.description())));
    for (AgentBehaviour behaviour : AgentBehaviour.values()) {
      if (behaviour != AgentBehaviour.PUBLIC) {
        assertThat(manual).contains("| " + behaviour.description() + " |");
        assertThat(assistants).contains("agent-id: " + behaviour.agentId() + "}");
      }
    }
  }
}
