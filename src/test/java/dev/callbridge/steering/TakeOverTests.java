package dev.callbridge.steering;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.Outcome;
import dev.callbridge.call.Turn;
import dev.callbridge.call.Turn.Role;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Mono;

/// A person speaks in the agent's place, told by the caller's ears, the agent and the tables.
@CallbridgeTest
final class TakeOverTests {

  private static final SpeechClips CLIPS = SpeechClips.load();
  private static final byte[] FIRST = CLIPS.clip("go-ahead").ulaw();
  private static final byte[] SECOND = CLIPS.clip("confirm").ulaw();
  private static final String SAID = "Hello, I would like to book a table.";

  /// Speaks once the person has: the greeting, which was cut short, and one utterance are two.
  private static final CallerScript SPEAKS =
      CallerScript.answers().listens().listens().says("book-table").staysSilentFor(Callbridge.CALL);

  private final Callbridge callbridge;
  private final Operator operator;

  TakeOverTests(@Autowired Callbridge callbridge) {
    this.callbridge = callbridge;
    operator = new Operator(callbridge.settings());
  }

  /// Calls take the time they take: these are held at the same time.
  @Test
  void aPersonSpeaksInTheAgentsVoiceAndGivesTheCallBack() {
    SandboxCall hosted = callbridge.callIn(SPEAKS, "");
    SandboxCall own = callbridge.callIn(SPEAKS, "assistant=own");
    CallerScript silent = CallerScript.answers().staysSilentFor(Callbridge.CALL);
    SandboxCall voiceless = callbridge.callIn(silent, "assistant=own&voice_id=busy");
    SandboxCall announced = callbridge.callIn(silent, "assistant=announcement");
    // At the same time, while their greetings are under way.
    List<Call> calls = Stream.of(hosted, own).parallel().map(this::takenOver).toList();
    Call first = calls.getFirst();

    aFailingVoiceIsToldAndNothingOfItIsLost(voiceless);
    assertThat(operator.tell(connected(announced), "take-over", "").get("/reason"))
        .isEqualTo("announcement");
    announced.hangUp();

    for (Call call : calls) {
      assertThat(operator.say(call, "audio/basic", FIRST, "u" + call.id()).status()).isEqualTo(200);
      assertThat(operator.tell(call, "message", "{'text':'x'}").get("/reason"))
          .isEqualTo("taken_over");
    }
    assertThat(operator.say(first, "audio/basic", FIRST, "u" + first.id()).isRepeat())
        .as("said once")
        .isTrue();
    for (Call call : calls) {
      awaitTurn(call, Role.SUPERVISOR, "Of course, go ahead.");
      assertThat(operator.say(call, "audio/basic", SECOND, "").status()).isEqualTo(200);
    }
    for (Call call : calls) {
      awaitTurn(call, Role.CALLER, SAID);
      awaitTurn(call, Role.SUPERVISOR, "You are booked for two on Friday at seven.");
    }

    AgentSession agent = callbridge.session(first);
    assertThat(agent.transcript()).extracting(turn -> turn.text()).doesNotContain(SAID);
    for (Call call : calls) {
      assertThat(operator.tell(call, "hand-back", "").get("/state")).isEqualTo("DONE");
      assertThat(operator.tell(call, "hand-back", "").get("/reason")).isEqualTo("not_taken_over");
      assertThat(operator.say(call, "audio/basic", FIRST, "").get("/reason"))
          .isEqualTo("not_taken_over");
      assertThat(operator.tell(call, "message", "{'text':'Do you have parking?'}").status())
          .isEqualTo(200);
    }

    Callbridge.eventually(
        () -> agent.transcript().stream().anyMatch(turn -> turn.text().contains("parking")),
        "the agent does not answer again");
    assertThat(received(agent, "contextual_update"))
        .singleElement()
        .asString()
        .contains("in your voice: Of course, go ahead.", "Caller: " + SAID, "booked for two");
    assertThat(received(agent, "user_activity")).isNotEmpty();
    assertThat(agent.protocolErrors()).isEmpty();
    Callbridge.eventually(
        () ->
            callbridge.elevenlabs().stages().requests().stream()
                .map(Object::toString)
                .anyMatch(
                    it -> it.contains("Do you have parking?") && it.contains("Caller: " + SAID)),
        "the model was not told what was said");

    for (SandboxCall line : List.of(hosted, own)) {
      wasTakenOver(line);
    }
    callbridge.assertNothingLeft();
    assertThat(callbridge.elevenlabs().stages().protocolErrors()).isEmpty();
  }

  private void wasTakenOver(SandboxCall line) {
    Call call = callbridge.await(line, it -> true);
    assertThat(line.clears()).as("the greeting was cut short").hasSize(1);
    assertThat(latin1(line.heard())).contains(latin1(spoken(FIRST)), latin1(spoken(SECOND)));
    line.hangUp();
    Call ended = callbridge.awaitOutcome(line);
    assertThat(ended.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    List<Turn> turns = callbridge.transcript(call.id());
    assertThat(turns)
        .filteredOn(turn -> turn.role() == Role.SUPERVISOR)
        .extracting(Turn::text, Turn::heard, Turn::interrupted)
        .containsExactly(
            tuple("Of course, go ahead.", "Of course, go ahead.", false),
            tuple(
                "You are booked for two on Friday at seven.",
                "You are booked for two on Friday at seven.",
                false));
    assertThat(turns.getFirst().role()).isEqualTo(Role.AGENT);
    assertThat(turns.getFirst().interrupted()).isTrue();
    assertThat(of(call, Kind.TAKEN_OVER))
        .singleElement()
        .satisfies(it -> assertThat(it.details()).containsEntry("by", "sandbox"));
    assertThat(of(call, Kind.HANDED_BACK))
        .singleElement()
        .satisfies(it ->
            assertThat(it.details())
                .containsEntry("reason", "asked")
                .containsEntry("utterances", "2"));
    assertThat(of(call, Kind.COMMAND))
        .extracting(it -> it.details().get("command"))
        .contains("TAKE_OVER", "UTTERANCE", "HAND_BACK");
  }

  private void aFailingVoiceIsToldAndNothingOfItIsLost(SandboxCall line) {
    Call call = takenOver(line);
    assertThat(operator.say(call, "audio/basic", FIRST, "").status()).isEqualTo(502);
    assertThat(operator.say(call, "text/plain", FIRST, "").status()).isEqualTo(415);
    assertThat(operator.say(call, "audio/basic", new byte[0], "").status()).isEqualTo(400);
    assertThat(operator.say(call, "audio/basic", new byte[4_000_000], "").status()).isEqualTo(413);
    assertThat(of(call, Kind.COMMAND))
        .extracting(it -> it.details().get("command"))
        .containsExactly("TAKE_OVER");
    assertThat(callbridge.transcript(call.id()))
        .extracting(Turn::role)
        .doesNotContain(Role.SUPERVISOR);
    line.hangUp();
    assertThat(callbridge.awaitOutcome(line).truth().outcome()).isEqualTo(Outcome.COMPLETED);
  }

  private Call takenOver(SandboxCall line) {
    Call call = connected(line);
    Operator.Answer answer = operator.tell(call, "take-over", "");
    assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    return call;
  }

  private Call connected(SandboxCall line) {
    return callbridge.await(line, call -> call.truth().timings().firstAgentAudio() != null);
  }

  private void awaitTurn(Call call, Role role, String text) {
    Callbridge.eventually(
        () ->
            callbridge.transcript(call.id()).stream()
                .anyMatch(turn -> turn.role() == role && turn.text().equals(text)),
        "nobody said " + text);
  }

  /// In the agent's voice.
  private byte[] spoken(byte[] mulaw) {
    Mono<byte[]> converted =
        operator.audio("/api/v1/speech-to-speech/sandbox?format=ulaw", "audio/basic", mulaw);
    return Objects.requireNonNull(converted.block(Callbridge.SOON));
  }

  private List<CallEvent> of(Call call, Kind kind) {
    return callbridge.events(call.id()).stream().filter(it -> it.kind() == kind).toList();
  }

  private static List<String> received(AgentSession agent, String type) {
    return agent.timeline().stream()
        .filter(entry -> entry.kind().equals("received " + type))
        .map(AgentSession.Entry::detail)
        .toList();
  }

  private static String latin1(byte[] audio) {
    return new String(audio, ISO_8859_1);
  }
}
