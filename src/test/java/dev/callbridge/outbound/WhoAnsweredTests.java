package dev.callbridge.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/// People and machines pick up, and each assistant does about a machine what it is configured to.
@CallbridgeTest
final class WhoAnsweredTests {

  private static final String MESSAGE =
      "Hello John, this is the Callbridge demo line. Please call us back.";

  private final Callbridge callbridge;
  private final Api api;

  WhoAnsweredTests(@Autowired Callbridge callbridge) {
    this.callbridge = callbridge;
    this.api = new Api(callbridge.settings());
  }

  @AfterEach
  void nothingIsLeft() {
    callbridge.assertNothingLeft();
  }

  @Test
  @Tag("faults")
  void aPersonIsAConversation() {
    UUID id = place("+15550002000", "default");

    Call call = callbridge.await(id, Call::isOver);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().answeredBy()).isEqualTo("HUMAN");
    assertThat(kinds(id)).doesNotContain(Kind.MACHINE_ACTION);
    assertThat(line(call).timeline()).noneMatch(entry -> entry.detail().contains("new TwiML"));
  }

  /// Found at once, long into the conversation, or by nobody but us.
  @Test
  void aMachineIsHungUpOn() {
    assertThat(placeAll("default", "+15550002007", "+15550002022", "+15550002021"))
        .allSatisfy(id -> {
          Call call = callbridge.await(id, Call::isOver);
          assertVoicemail(call, "machine", EndedBy.RELAY);
          assertThat(line(call).spoken()).isEmpty();
          assertThat(asked(call)).isEqualTo("Enable");
          Callbridge.eventually(() -> kinds(id).contains(Kind.MACHINE_ACTED), "what was done");
          assertThat(kinds(id)).containsSubsequence(Kind.MACHINE_ACTION, Kind.MACHINE_ACTED);
        });
  }

  @Test
  void whoIsFoundLateHadAConversationAndIsAVoicemailAllTheSame() {
    UUID id = place("+15550002022", "carries-on");
    callbridge.await(id, call -> "MACHINE".equals(call.truth().answeredBy()));
    Call talking = callbridge.await(id, call -> call.truth().timings().firstAgentAudio() != null);
    assertThat(talking.isOver()).isFalse();

    api.delete("/api/v1/calls/" + id);
    Call call = callbridge.await(id, Call::isOver);

    assertVoicemail(call, "machine", EndedBy.OPERATOR);
    assertThat(kinds(id)).doesNotContain(Kind.MACHINE_ACTION);
  }

  /// The carrier tells of the beep, or nobody does.
  @Test
  void aMessageIsLeftAfterTheBeep() {
    assertThat(placeAll("leaves-message", "+15550002007", "+15550002021"))
        .allSatisfy(id -> {
          Call call = callbridge.await(id, Call::isOver);
          assertVoicemail(call, "message_left", EndedBy.RELAY);
          SandboxCall line = line(call);
          assertThat(line.spoken()).containsExactly(MESSAGE);
          assertThat(line.timeline())
              .extracting(SandboxCall.Entry::detail)
              .containsSubsequence("speaks voicemail-greeting", "speaks beep", MESSAGE);
          assertThat(line.verdicts()).isEmpty();
          assertThat(asked(call)).isEqualTo("DetectMessageEnd");
          assertThat(kinds(id)).containsSubsequence(Kind.MACHINE_ACTION, Kind.MACHINE_ACTED);
        });
  }

  @Tag("faults")
  @Test
  void aMailboxThatHangsUpInMidSentenceHasNoMessage() {
    UUID id = place("+15550002007", "leaves-message", "John ".repeat(100));
    Call on = callbridge.await(id, call -> call.truth().twilioCallSid() != null);
    SandboxCall line = line(on);
    Callbridge.eventually(() -> !line.spoken().isEmpty(), "no message begun");

    line.hangUp();
    Call call = callbridge.await(id, Call::isOver);

    assertVoicemail(call, "message_not_left", EndedBy.RELAY);
  }

  @Test
  void otherMachinesAreToldByTheirWords() {
    Map<UUID, String> machines =
        Map.of(
            place("+15550002023", "carries-on"), "CALL_SCREENING",
            place("+15550002024", "carries-on"), "IVR");

    machines.forEach((id, answeredBy) -> {
      callbridge.await(id, call -> answeredBy.equals(call.truth().answeredBy()));
      api.delete("/api/v1/calls/" + id);
      callbridge.await(id, Call::isOver);
    });
  }

  @Test
  @Tag("faults")
  void whatWasNotAskedForIsNotListenedTo() {
    Api.Answer placed = api.place("{\"to\":\"+15550002007\",\"assistant\":\"leaves-message\"}");
    Call on = callbridge.await(placed.id(), call -> call.truth().twilioCallSid() != null);
    SandboxCall line = line(on);
    Predicate<SandboxCall.Entry> beep = entry -> entry.detail().equals("speaks beep");
    Callbridge.eventually(() -> line.timeline().stream().anyMatch(beep), "no beep");

    api.delete("/api/v1/calls/" + placed.id());
    Call call = callbridge.await(placed.id(), Call::isOver);

    assertThat(call.truth().answeredBy()).isNull();
    assertThat(kinds(placed.id())).doesNotContain(Kind.HEARD, Kind.MACHINE_ACTION);
  }

  private void assertVoicemail(Call call, String reason, EndedBy by) {
    assertThat(call.truth().outcome()).isEqualTo(Outcome.VOICEMAIL);
    assertThat(call.truth().reason()).isEqualTo(reason);
    assertThat(call.truth().endedBy()).isEqualTo(by);
    assertThat(call.truth().answeredBy()).isEqualTo("MACHINE");
  }

  /// All rung at the same time.
  private List<UUID> placeAll(String assistant, String... numbers) {
    return Stream.of(numbers).map(to -> place(to, assistant)).toList();
  }

  private UUID place(String to, String assistant) {
    return place(to, assistant, "John");
  }

  private UUID place(String to, String assistant, String name) {
    Api.Answer placed =
        api.place(
            """
            {"to":"%s","assistant":"%s","machineDetection":true,"variables":{"name":"%s"}}\
            """
                .formatted(to, assistant, name));
    assertThat(placed.status()).isEqualTo(202);
    return placed.id();
  }

  private List<Kind> kinds(UUID id) {
    return callbridge.events(id).stream().map(CallEvent::kind).toList();
  }

  private @Nullable String asked(Call call) {
    return callbridge.twilio().creates().stream()
        .filter(create -> create.callSid().equals(call.truth().twilioCallSid()))
        .findFirst()
        .orElseThrow()
        .form()
        .get("MachineDetection");
  }

  private SandboxCall line(Call call) {
    String sid = Objects.requireNonNull(call.truth().twilioCallSid());
    return Objects.requireNonNull(callbridge.twilio().call(sid));
  }
}
