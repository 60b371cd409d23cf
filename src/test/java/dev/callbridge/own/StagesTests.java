package dev.callbridge.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.assistants.OwnAgentSettings;
import dev.callbridge.assistants.OwnAgentSettings.Model;
import dev.callbridge.sandbox.stages.SandboxStages;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// An agent of our own as the bridge sees it, over sockets to its three stages, with a caller that
/// types.
@CallbridgeTest
final class StagesTests {

  private static final Duration SOON = Callbridge.SOON;

  @Autowired private Callbridge callbridge;
  @Autowired private OwnAgents agents;
  @Autowired private Assistants assistants;

  private final Sinks.Many<ToAgent> caller = Sinks.many().unicast().onBackpressureBuffer();

  @AfterEach
  void nothingIsLeftOpen() {
    Callbridge.eventually(() -> stages().open() == 0, "sockets or answers of stages left");
    assertThat(stages().protocolErrors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "auth_error",
        "quota_exceeded",
        "unaccepted_terms",
        "invalid_request",
        "rate_limited",
        "resource_exhausted",
        "transcriber_error"
      })
  void errorsOfSpeechToTextAreTold(String error) {
    assertThatThrownBy(
            () -> converse("scribe_error_" + error, "sandbox", "sandbox").blockLast(SOON))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.reason()).isEqualTo("stt_" + error));
  }

  @Test
  void aCommitThatComesTooSoonIsNoError() {
    FromAgent first =
        converse("scribe_error_commit_throttled", "sandbox", "sandbox")
            .filter(FromAgent.Audio.class::isInstance)
            .blockFirst(SOON);

    assertThat(first).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"errs:tts_internal_error", "dies:tts_lost"})
  void errorsOfTextToSpeechAreTold(String voiceAndReason) {
    String[] expected = voiceAndReason.split(":");

    assertThatThrownBy(() -> converse("scribe_v2_realtime", "sandbox", expected[0]).blockLast(SOON))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.reason()).isEqualTo(expected[1]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sandbox-refuses:model_401",
        "sandbox-errs:model_error",
        "sandbox-breaks:model_lost",
        "sandbox-hangs:model_timeout"
      })
  void errorsOfTheModelAreTold(String modelAndReason) {
    String[] expected = modelAndReason.split(":");
    caller.tryEmitNext(new ToAgent.Message("I would like to book a table."));

    assertThatThrownBy(() -> converse("scribe_v2_realtime", expected[0], "sandbox").blockLast(SOON))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.reason()).isEqualTo(expected[1]));
  }

  @Test
  void aToolIsCalledOnceItsFragmentsAreWhole() {
    List<FromAgent> events =
        converse("scribe_v2_realtime", "sandbox-tool", "sandbox")
            .doOnNext(event -> {
              if (event instanceof FromAgent.Ready) {
                caller.tryEmitNext(new ToAgent.Message("For two on Friday at seven."));
              } else if (event instanceof FromAgent.ToolCall(var id, _, _)) {
                caller.tryEmitNext(new ToAgent.ToolResult(id, "{\"booked\":true}", false));
              }
            })
            .collectList()
            .block(SOON);

    assertThat(events)
        .filteredOn(FromAgent.ToolCall.class::isInstance)
        .singleElement()
        .satisfies(event -> {
          FromAgent.ToolCall call = (FromAgent.ToolCall) event;
          assertThat(call.name()).isEqualTo("book_table");
          assertThat(call.parameters())
              .isEqualTo(Map.of("people", 2, "day", "Friday", "time", "19:00"));
        });
    assertThat(events).last().isInstanceOf(FromAgent.Goodbye.class);
    assertThat(stages().requests().getLast().path("messages").valueStream())
        .anySatisfy(message -> {
          assertThat(message.path("role").asString("")).isEqualTo("tool");
          assertThat(message.path("content").asString("")).isEqualTo("{\"booked\":true}");
        });
  }

  /// Each message cuts the turn before it short, just as its text has been handed to speech. The
  /// vendor takes its time to be done with it.
  @Test
  void rapidInterruptionsNeverOpenMoreThanFiveContexts() {
    AtomicInteger said = new AtomicInteger();

    List<FromAgent> events =
        converse("scribe_v2_realtime", "sandbox", "lingers")
            .doOnNext(event -> {
              if (event instanceof FromAgent.AgentSaid) {
                int turn = said.incrementAndGet();
                caller.tryEmitNext(new ToAgent.Message(turn < 24 ? "One moment" : "Goodbye"));
              }
            })
            .collectList()
            .block(SOON);

    assertThat(events).last().isInstanceOf(FromAgent.Goodbye.class);
    assertThat(stages().mostContexts()).isBetween(2, 5);
    assertThat(staleAudio(Objects.requireNonNull(events))).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5, 8})
  void whoCancelsLeavesNothingOpen(int after) {
    caller.tryEmitNext(new ToAgent.Message("I would like to book a table."));

    converse("scribe_v2_realtime", "sandbox-talkative", "sandbox").take(after).blockLast(SOON);
  }

  private static long staleAudio(List<FromAgent> events) {
    long interrupted = -1;
    long stale = 0;
    for (FromAgent event : events) {
      if (event instanceof FromAgent.Interruption(long id)) {
        interrupted = Math.max(interrupted, id);
      } else if (event instanceof FromAgent.Audio audio && audio.eventId() <= interrupted) {
        stale++;
      }
    }
    return stale;
  }

  private Flux<FromAgent> converse(String transcription, String model, String voice) {
    return agents
        .of(assistants.of("own"), own(transcription, model, voice))
        .converse(introduction(), caller.asFlux());
  }

  private static Introduction introduction() {
    return new Introduction("own", "call", Map.of(), "Of course, go ahead.", null, null);
  }

  private SandboxStages stages() {
    return callbridge.elevenlabs().stages();
  }

  private OwnAgentSettings own(String transcription, String model, String voice) {
    Assistant own = assistants.of("own");
    OwnAgentSettings base = Objects.requireNonNull(own.own());
    Model thinks = Objects.requireNonNull(base.model());
    Duration firstToken = model.equals("sandbox-hangs") ? Duration.ofMillis(300) : SOON;
    return new OwnAgentSettings(
        base.prompt(),
        new Model(thinks.url(), model, thinks.apiKey(), firstToken),
        null,
        null,
        voice,
        base.speechModel(),
        transcription,
        base.stability(),
        base.similarityBoost(),
        base.style(),
        base.speakerBoost(),
        base.speed(),
        base.endOfTurn(),
        base.interruptWords(),
        base.interruptAfter(),
        base.filler(),
        base.stillThere(),
        base.silence(),
        base.prompts(),
        base.goodbye());
  }
}
