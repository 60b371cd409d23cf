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
import dev.callbridge.assistants.OwnAgentSettings.SpeakBy;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.sandbox.stages.SandboxStages;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// An agent of our own as the bridge sees it, over sockets to its three stages, with a caller that
/// types.
@CallbridgeTest
final class StagesTests {

  private static final Duration SOON = Callbridge.SOON;
  private static final SpeechClips CLIPS = SpeechClips.load();
  private static final byte[] GO_AHEAD = CLIPS.clip("go-ahead").ulaw();

  @Autowired private Callbridge callbridge;
  @Autowired private OwnAgents agents;
  @Autowired private Assistants assistants;

  private final Sinks.Many<ToAgent> caller = Sinks.many().unicast().onBackpressureBuffer();

  /// The second model, or null.
  private @Nullable String fallback;

  private SpeakBy speakBy = SpeakBy.MULTI_CONTEXT;

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
        "input_error",
        "chunk_size_exceeded",
        "rate_limited",
        "resource_exhausted",
        "queue_overflow",
        "session_time_limit_exceeded",
        "insufficient_audio_activity",
        "error",
        "transcriber_error"
      })
  void errorsOfSpeechToTextAreTold(String error) {
    assertThatThrownBy(
            () -> converse("scribe_error_" + error, "sandbox", "sandbox").blockLast(SOON))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.reason()).isEqualTo("stt_" + error));
  }

  /// As some of the vendor's own programs expect it.
  @Test
  void anErrorOfSpeechToTextMayBeSpelledAsOne() {
    assertThatThrownBy(() ->
            converse("scribe_error_quota_exceeded_error", "sandbox", "sandbox").blockLast(SOON))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.reason()).isEqualTo("stt_quota_exceeded"));
  }

  /// Names of fields have changed with the vendor's releases.
  @ParameterizedTest
  @ValueSource(strings = {"sandbox", "snake", "schema"})
  void everySpellingOfTextToSpeechIsRead(String voice) {
    List<FromAgent> events =
        spoken(converse("scribe_v2_realtime", "sandbox", voice), GO_AHEAD.length);

    assertThat(audio(events)).isEqualTo(GO_AHEAD);
    assertThat(events)
        .filteredOn(FromAgent.Audio.class::isInstance)
        .allSatisfy(event -> assertThat(((FromAgent.Audio) event).alignment()).isNotNull());
  }

  /// The caller cuts in: while it thinks, when it begins to speak, while it speaks, while a tool
  /// runs, and when all is said and not yet heard.
  @ParameterizedTest
  @ValueSource(strings = {"thinks", "begins", "speaks", "tool", "said"})
  void whoCutsInAtAnyStageHearsNothingStaleAndTheHistoryHoldsWhatWasHeard(String stage) {
    List<FromAgent> events = new ArrayList<>();
    AtomicInteger sounds = new AtomicInteger();
    AtomicBoolean cut = new AtomicBoolean();
    FromAgent answer = new FromAgent.AgentSaid("Of course, go ahead.");
    converse(
            "scribe_v2_realtime",
            stage.equals("tool") ? "sandbox-tool" : "sandbox-talkative",
            "sandbox")
        .doOnNext(event -> {
          events.add(event);
          boolean now =
              switch (event) {
                case FromAgent.Ready _ -> {
                  String first =
                      stage.equals("tool")
                          ? "For two on Friday at seven."
                          : "I would like to book a table.";
                  caller.tryEmitNext(new ToAgent.Message(first));
                  yield stage.equals("thinks");
                }
                case FromAgent.AgentSaid(var text) ->
                    stage.equals("begins") && text.startsWith("Before we begin");
                case FromAgent.Audio audio when audio.eventId() == 2 ->
                    sounds.incrementAndGet() == (stage.equals("said") ? 7 : 1)
                        && (stage.equals("speaks") || stage.equals("said"));
                case FromAgent.ToolCall _ -> stage.equals("tool");
                default -> false;
              };
          if (now && cut.compareAndSet(false, true)) {
            caller.tryEmitNext(new ToAgent.Message("One moment"));
          }
        })
        // The greeting is the first to say so.
        .takeUntil(_ -> Collections.frequency(events, answer) == 2)
        .blockLast(SOON);

    assertThat(cut).isTrue();
    assertThat(staleAudio(events)).isZero();
    List<String> corrected =
        events.stream()
            .filter(FromAgent.AgentCorrected.class::isInstance)
            .map(event -> ((FromAgent.AgentCorrected) event).text())
            .filter(text -> !text.isBlank())
            .toList();
    assertThat(stages().requests().getLast().path("messages").valueStream())
        .filteredOn(message -> message.path("role").asString("").equals("assistant"))
        .extracting(message -> message.path("content").asString(""))
        .filteredOn(text -> !text.isBlank())
        .as("what was heard of each turn, by its own account")
        .isSubsetOf(corrected);
  }

  @Test
  @Tag("faults")
  void aSessionOfSpeechToTextThatNeverBeginsIsTold() {
    assertThatThrownBy(() -> converse("scribe_hangs", "sandbox", "sandbox").blockLast(SOON))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.reason()).isEqualTo("stt_timeout"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sandbox-errs:model_error", "sandbox-hangs:model_timeout"})
  void theSecondModelAnswersWhereTheFirstDoesNot(String modelAndReason) {
    String[] expected = modelAndReason.split(":");
    fallback = "sandbox";
    caller.tryEmitNext(new ToAgent.Message("I would like to book a table."));

    List<FromAgent> events = new ArrayList<>();
    converse("scribe_v2_realtime", expected[0], "sandbox")
        .doOnNext(events::add)
        .takeUntil(event ->
            event instanceof FromAgent.AgentSaid said && said.text().startsWith("With pleasure"))
        .blockLast(SOON);

    assertThat(events).contains(new FromAgent.FellBack("model", "fallback_model", expected[1]));
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
  @ValueSource(
      strings = {
        "errs:tts_internal_error",
        "dies:tts_lost",
        "mute:tts_no_audio",
        "hangs:tts_timeout"
      })
  void whatTheSocketDoesNotSpeakIsSpokenOverHttp(String voiceAndReason) {
    String[] expected = voiceAndReason.split(":");

    List<FromAgent> events =
        spoken(converse("scribe_v2_realtime", "sandbox", expected[0]), GO_AHEAD.length);

    assertThat(events)
        .filteredOn(FromAgent.FellBack.class::isInstance)
        .containsExactly(new FromAgent.FellBack("tts", "http", expected[1]));
    assertThat(audio(events)).isEqualTo(GO_AHEAD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "errs:tts_internal_error",
        "dies:tts_lost",
        "mute:tts_no_audio",
        "hangs:tts_timeout"
      })
  void aVoiceThatDoesNotSpeakIsReplacedByTheDefaultVoice(String voiceAndReason) {
    String[] expected = voiceAndReason.split(":");

    List<FromAgent> events =
        spoken(converse("scribe_v2_realtime", "sandbox", "sandbox", expected[0]), GO_AHEAD.length);

    assertThat(events)
        .filteredOn(FromAgent.FellBack.class::isInstance)
        .containsExactly(new FromAgent.FellBack("tts", "default_voice", expected[1]));
    assertThat(audio(events)).isEqualTo(GO_AHEAD);
  }

  @Test
  @Tag("faults")
  void aMuteAgentSaysACachedSentenceAndEnds() {
    List<FromAgent> events = new CopyOnWriteArrayList<>();

    assertThatThrownBy(() ->
            converse("scribe_v2_realtime", "sandbox", "hoarse")
                .doOnNext(events::add)
                .blockLast(SOON))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.reason()).isEqualTo("tts_http_503"));

    assertThat(events)
        .filteredOn(FromAgent.FellBack.class::isInstance)
        .containsExactly(
            new FromAgent.FellBack("tts", "http", "tts_lost"),
            new FromAgent.FellBack("tts", "cached_sentence", "tts_http_503"));
    assertThat(events)
        .anySatisfy(event ->
            assertThat(event)
                .isInstanceOfSatisfying(
                    FromAgent.AgentSaid.class,
                    said -> assertThat(said.text()).startsWith("I am sorry")));
    assertThat(audio(events)).isNotEmpty();
  }

  @Test
  void anAgentThatCanSayNothingAtAllIsLost() {
    assertThatThrownBy(() -> converse("scribe_v2_realtime", "sandbox", "mute-too").blockLast(SOON))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.reason()).isEqualTo("tts_timeout"));
  }

  @Test
  void dictionariesOfPronunciationsGoAlong() {
    converse("scribe_v2_realtime", "sandbox", "schema").take(3).blockLast(SOON);

    assertThat(stages().contextsBegun().getLast().path("pronunciation_dictionary_locators"))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.path("pronunciation_dictionary_id").asString("")).isEqualTo("dict1");
          assertThat(it.path("version_id").asString("")).isEqualTo("v1");
        });
  }

  /// A socket for each turn, or a request for each sentence, in the place of the one socket.
  @ParameterizedTest
  @EnumSource(
      value = SpeakBy.class,
      names = {"SINGLE_CONTEXT", "HTTP"})
  void theOtherWaysOfSpeechSayTheSame(SpeakBy way) {
    speakBy = way;
    List<FromAgent> events =
        converse("scribe_v2_realtime", "sandbox", "sandbox")
            .doOnNext(event -> {
              if (event instanceof FromAgent.AgentSaid(var text) && text.startsWith("Of course")) {
                caller.tryEmitNext(new ToAgent.Message("Goodbye"));
              }
            })
            .collectList()
            .block(SOON);

    assertThat(events).last().isInstanceOf(FromAgent.Goodbye.class);
    assertThat(events).doesNotHaveAnyElementsOfTypes(FromAgent.FellBack.class);
    // Of its two sentences the simulated voice has the second from a longer recording.
    assertThat(CLIPS.heardIn(audio(lastTurn(Objects.requireNonNull(events)))))
        .extracting(heard -> heard.clip().name())
        .containsExactly("goodbye", "booked");
  }

  private static List<FromAgent> lastTurn(List<FromAgent> events) {
    long last =
        events.stream()
            .filter(FromAgent.Audio.class::isInstance)
            .mapToLong(event -> ((FromAgent.Audio) event).eventId())
            .max()
            .orElseThrow();
    return events.stream()
        .filter(event -> event instanceof FromAgent.Audio audio && audio.eventId() == last)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "errs:tts_internal_error",
        "dies:tts_lost",
        "mute:tts_no_audio",
        "hangs:tts_timeout"
      })
  void whatASocketOfOneTurnDoesNotSpeakIsSpokenOverHttp(String voiceAndReason) {
    speakBy = SpeakBy.SINGLE_CONTEXT;
    whatTheSocketDoesNotSpeakIsSpokenOverHttp(voiceAndReason);
  }

  @Test
  void rapidInterruptionsLeaveNoSocketOfATurnOpen() {
    speakBy = SpeakBy.SINGLE_CONTEXT;
    assertThat(staleAudio(interrupted("lingers"))).isZero();
  }

  /// The caller says nothing. Silence is asked about, and then the call is over.
  @Test
  void silenceIsAskedAboutAndThenItSaysGoodbye() {
    List<FromAgent> events = converse(quiet(), null).collectList().block(SOON);

    assertThat(events)
        .filteredOn(FromAgent.AgentSaid.class::isInstance)
        .extracting(event -> ((FromAgent.AgentSaid) event).text())
        .containsExactly(
            "Of course, go ahead.", "Are you still there?", "Thank you for calling. Goodbye.");
    assertThat(events).last().isInstanceOf(FromAgent.Goodbye.class);
    assertThat(stages().spokenOverHttp())
        .as("what is said in every call is made once")
        .containsOnlyOnce("Thank you for calling. Goodbye.");
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
    List<FromAgent> events = interrupted("lingers");

    assertThat(stages().mostContexts()).isBetween(2, 5);
    assertThat(staleAudio(events)).isZero();
  }

  private List<FromAgent> interrupted(String voice) {
    AtomicInteger said = new AtomicInteger();
    List<FromAgent> events =
        converse("scribe_v2_realtime", "sandbox", voice)
            .doOnNext(event -> {
              if (event instanceof FromAgent.AgentSaid) {
                int turn = said.incrementAndGet();
                caller.tryEmitNext(new ToAgent.Message(turn < 24 ? "One moment" : "Goodbye"));
              }
            })
            .collectList()
            .block(SOON);

    assertThat(events).last().isInstanceOf(FromAgent.Goodbye.class);
    return Objects.requireNonNull(events);
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

  private static List<FromAgent> spoken(Flux<FromAgent> events, int bytes) {
    List<FromAgent> all = new ArrayList<>();
    events.doOnNext(all::add).takeUntil(_ -> audio(all).length >= bytes).blockLast(SOON);
    return all;
  }

  private static byte[] audio(List<FromAgent> events) {
    ByteArrayOutputStream audio = new ByteArrayOutputStream();
    for (FromAgent event : events) {
      if (event instanceof FromAgent.Audio one) {
        audio.writeBytes(Base64.getDecoder().decode(one.payload()));
      }
    }
    return audio.toByteArray();
  }

  private Flux<FromAgent> converse(String transcription, String model, String voice) {
    return converse(own(transcription, model, voice, Duration.ofSeconds(15)), null);
  }

  /// @param chosen the voice of this call
  private Flux<FromAgent> converse(
      String transcription, String model, String voice, String chosen) {
    return converse(own(transcription, model, voice, Duration.ofSeconds(15)), chosen);
  }

  private Flux<FromAgent> converse(OwnAgentSettings settings, @Nullable String chosen) {
    return agents
        .of(assistants.of("own"), settings)
        .converse(
            new Introduction("own", "call", Map.of(), "Of course, go ahead.", null, chosen),
            caller.asFlux());
  }

  private OwnAgentSettings quiet() {
    return own("scribe_v2_realtime", "sandbox", "sandbox", Duration.ofMillis(300));
  }

  private SandboxStages stages() {
    return callbridge.elevenlabs().stages();
  }

  private OwnAgentSettings own(String transcription, String model, String voice, Duration silence) {
    Assistant own = assistants.of("own");
    OwnAgentSettings base = Objects.requireNonNull(own.own());
    Model thinks = Objects.requireNonNull(base.model());
    Duration firstToken = model.equals("sandbox-hangs") ? Duration.ofMillis(300) : SOON;
    return new OwnAgentSettings(
        base.prompt(),
        new Model(null, thinks.url(), model, thinks.apiKey(), firstToken),
        null,
        fallback == null ? null : new Model(null, thinks.url(), fallback, thinks.apiKey(), SOON),
        voice,
        base.speechModel(),
        transcription,
        base.stability(),
        base.similarityBoost(),
        base.style(),
        base.speakerBoost(),
        base.speed(),
        speakBy,
        Duration.ofMillis(500),
        List.of(new OwnAgentSettings.Pronunciation("dict1", "v1")),
        base.endOfTurn(),
        base.interruptBy(),
        base.interruptWords(),
        base.interruptAfter(),
        base.interruptLoud(),
        base.filler(),
        base.stillThere(),
        silence,
        1,
        base.goodbye());
  }
}
