package dev.callbridge.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.VoiceLevels;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.EventStream;
import dev.callbridge.testing.EventStream.Sent;
import io.r2dbc.spi.ConnectionFactory;
import java.net.URI;
import java.time.Duration;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/// How loud both voices of a call are, seen from another instance than the one that carries it.
@CallbridgeTest
final class LevelsTests {

  private static final StreamSettings SETTINGS =
      new StreamSettings(
          100, Duration.ofSeconds(5), Duration.ofSeconds(20), 4096, Duration.ofSeconds(1));

  @Autowired private Callbridge callbridge;
  @Autowired private VoiceLevels levels;
  @Autowired private ConnectionFactory database;

  @Test
  void anyInstanceShowsTheLevelsOfEveryCall() throws Exception {
    try (var second = new SecondInstance(database, SETTINGS);
        var plain = EventStream.open(second.url(), "sandbox", "").awaitReady()) {
      try (var stream =
          EventStream.open(URI.create(second.url() + "?levels=true"), "sandbox", "")) {
        stream.awaitReady();
        Callbridge.eventually(levels::areWanted, "nobody was told that somebody looks");

        SandboxCall line = callbridge.callIn(CallerScript.answers().listens().says("booking"));
        String id = callbridge.awaitOutcome(line).id().toString();

        stream.await(sent -> level(sent, id, it -> it.path("caller").asInt()) > 40);
        stream.await(sent -> level(sent, id, it -> it.path("agent").asInt()) > 40);
        assertThat(stream.seen("levels")).allMatch(sent -> sent.id().isEmpty());
        assertThat(stream.seen("levels"))
            .as("one is silent while the other speaks")
            .anyMatch(sent -> level(sent, id, LevelsTests::callerAlone) > 40);
      }
      assertThat(plain.seen("levels")).as("of who did not ask for them").isEmpty();
    }
  }

  private static int callerAlone(JsonNode levels) {
    return levels.path("agent").asInt() == 0 ? levels.path("caller").asInt() : 0;
  }

  private static int level(Sent sent, String call, ToIntFunction<JsonNode> read) {
    return sent.name().equals("levels") && sent.data().has(call)
        ? read.applyAsInt(sent.data().path(call))
        : -1;
  }
}
