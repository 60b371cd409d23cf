package dev.callbridge.bridge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.callbridge.agent.Agent;
import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Ending;
import dev.callbridge.call.EvidenceWriter;
import dev.callbridge.call.VoiceLevels;
import dev.callbridge.steering.Settled;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.Plans;
import dev.callbridge.tools.ToolAnswer;
import dev.callbridge.tools.ToolAnswer.How;
import dev.callbridge.tools.ToolResult;
import dev.callbridge.twilio.FromTwilio;
import dev.callbridge.twilio.ToTwilio;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/// A call between two scripted peers; what it leaves in the store is the real evidence.
@CallbridgeTest
@Isolated("its calls are in real time")
final class CallSessionTests {

  private static final Duration SOON = Duration.ofSeconds(15);

  private final TestPublisher<FromTwilio> caller = TestPublisher.create();

  /// Understands nothing.
  private final Ear ear = _ -> Flux.never();

  private final TestPublisher<FromAgent> events = TestPublisher.create();
  private final List<ToAgent> heardByAgent = new ArrayList<>();

  private ToolDesk desk =
      (_, _, _) -> Mono.just(new ToolAnswer(ToolResult.refused("There is none."), How.UNKNOWN));

  private final UUID id = UuidCreator.getTimeOrderedEpoch();
  private final Callbridge callbridge;
  private final CallStore calls;
  private final EvidenceWriter writer;

  CallSessionTests(
      @Autowired Callbridge callbridge,
      @Autowired CallStore calls,
      @Autowired EvidenceWriter writer) {
    this.callbridge = callbridge;
    this.calls = calls;
    this.writer = writer;
  }

  @BeforeEach
  void thereIsACall() {
    CallPlan plan = Plans.inbound();
    calls.create(id, plan, null).block(SOON);
  }

  @Test
  void callerInterruptingTheAgentSilencesIt() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1"), says(1)))
        .expectNextMatches(ToTwilio.Media.class::isInstance)
        .expectNext(new ToTwilio.Mark("MZ1", "1:0"))
        .then(() -> events.next(new FromAgent.Interruption(1)))
        .expectNext(new ToTwilio.Clear("MZ1"))
        .then(() -> events.next(says(1)))
        .then(() -> events.next(says(2)))
        .expectNextMatches(ToTwilio.Media.class::isInstance)
        .expectNext(new ToTwilio.Mark("MZ1", "2:1"))
        .then(() -> caller.next(stop()))
        .expectComplete()
        .verify(SOON);
    assertEnded(Ending.CALLER_HUNG_UP, "stop");
  }

  @Test
  void theAgentHearsWhatTheCallerSaysAndPresses() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() ->
            caller.next(
                speech("MZ1", "inbound"),
                speech("MZ2", "inbound"),
                speech("MZ1", "outbound"),
                new FromTwilio.Dtmf(5, "MZ1", new FromTwilio.Dtmf.Press("inbound_track", "7")),
                new FromTwilio.Dtmf(6, "MZ1", new FromTwilio.Dtmf.Press(null, "7\nERROR")),
                new FromTwilio.Unrecognized(),
                stop()))
        .expectComplete()
        .verify(SOON);
    assertThat(heardByAgent).hasSize(2).last().isEqualTo(new ToAgent.Pressed("7"));
  }

  @Test
  void theAgentsGoodbyeIsHeardBeforeTheCallEnds() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1"), says(1), new FromAgent.Goodbye()))
        .expectNextCount(2)
        .then(events::complete)
        .expectNoEvent(Duration.ofMillis(200))
        .then(() -> caller.next(returned("1:0")))
        .expectComplete()
        .verify(SOON);
    assertEnded(Ending.AGENT_ENDED, "end_call");
  }

  @Test
  void aCallerWhoHangsUpDoesNotWaitForTheGoodbye() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1"), says(1)))
        .expectNextCount(2)
        .then(events::complete)
        .then(() -> caller.next(stop()))
        .expectComplete()
        .verify(SOON);
    assertEnded(Ending.AGENT_ENDED, "agent_closed");
  }

  @Test
  void audioThatTheCallerWasTooQuickForWasNotHeard() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1"), says(1)))
        .expectNextCount(2)
        .then(() -> caller.next(stop()))
        .expectComplete()
        .verify(SOON);
    assertEnded(Ending.CALLER_HUNG_UP, "stop");
    assertThat(ends().getFirst().details()).doesNotContainKey("firstAgentAudioAt");
  }

  @Test
  void audioThatHasPlayedWasHeard() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1"), says(1)))
        .expectNextCount(2)
        .then(() -> caller.next(returned("1:0"), stop()))
        .expectComplete()
        .verify(SOON);
    assertEnded(Ending.CALLER_HUNG_UP, "stop");
    assertThat(ends().getFirst().details()).containsKey("firstAgentAudioAt");
  }

  @Test
  void hangingUpWhileTheAgentIsStillRungLeavesNobodyThere() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> caller.next(stop()))
        .expectComplete()
        .verify(SOON);
    events.assertCancelled();
    assertEnded(Ending.CALLER_HUNG_UP, "stop");
  }

  @Test
  void anAgentThatIsNotReachedFailsTheCall() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> events.error(new AgentException("upgrade_timeout")))
        .expectError(AgentException.class)
        .verify(SOON);
    assertEnded(Ending.AGENT_UNREACHABLE, "upgrade_timeout");
  }

  @Test
  void anAgentThatIsLostFailsTheCall() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1")))
        .then(() -> events.error(new AgentException("closed_1011")))
        .expectError(AgentException.class)
        .verify(SOON);
    assertEnded(Ending.AGENT_LOST, "closed_1011");
  }

  @Test
  void anAgentThatNeverSpokeHasNotEndedAnything() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1")))
        .then(events::complete)
        .expectComplete()
        .verify(SOON);
    assertEnded(Ending.AGENT_LOST, "no_audio");
  }

  @Test
  void aLineThatClosesWithoutAStopIsLost() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1")))
        .then(caller::complete)
        .expectComplete()
        .verify(SOON);
    assertEnded(Ending.LINE_LOST, "closed_without_stop");
  }

  @Test
  void aSecondStartOfAnotherStreamIsRefused() {
    var metadata = new FromTwilio.Start.Metadata("MZ2", null, null, null, null, null);

    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> caller.next(new FromTwilio.Start(1, "MZ2", metadata)))
        .expectError(LineException.class)
        .verify(SOON);
    assertEnded(Ending.LINE_REFUSED, "second_start");
  }

  @Test
  void aCallLastsAsLongAsItMay() {
    StepVerifier.create(session(Duration.ofMillis(300)).bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1")))
        .expectComplete()
        .verify(SOON);
    assertEnded(Ending.LIMIT_REACHED, "max_duration");
  }

  @Test
  void aSocketThatIsGoneWithoutAWordIsALostLine() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .expectSubscription()
        .thenAwait(Duration.ofMillis(1))
        .thenCancel()
        .verify(SOON);
    events.assertCancelled();
    assertEnded(Ending.LINE_LOST, "connection_dropped");
  }

  @Test
  void aToolThatIsNotThereIsAnsweredOnce() {
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.ToolCall("t1", "book", Map.of())))
        .then(() -> caller.next(stop()))
        .expectComplete()
        .verify(SOON);
    assertThat(heardByAgent)
        .singleElement()
        .isInstanceOfSatisfying(
            ToAgent.ToolResult.class,
            result -> {
              assertThat(result.toolCallId()).isEqualTo("t1");
              assertThat(result.isError()).isTrue();
            });
  }

  @Test
  void aToolThatRunsIsCancelledWhenTheCallerHangsUp() {
    TestPublisher<ToolAnswer> tool = TestPublisher.create();
    desk = (_, _, _) -> tool.mono();
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.ToolCall("t1", "book", Map.of())))
        .then(tool::assertWasSubscribed)
        .then(() -> caller.next(stop()))
        .expectComplete()
        .verify(SOON);
    tool.assertCancelled();
    assertThat(heardByAgent).isEmpty();
  }

  @Test
  void everyToolCallIsAnsweredOnceHoweverManyThereAre() {
    desk = (_, _, _) -> Mono.never();
    int many = ToolCalls.AT_ONCE + ToolCalls.MAX_WAITING + 5;
    StepVerifier.create(session(Duration.ofMinutes(5)).bridge(caller.flux()))
        .then(() -> {
          for (int i = 0; i < many; i++) {
            events.next(new FromAgent.ToolCall("t" + i, "book", Map.of()));
          }
        })
        .then(() -> caller.next(stop()))
        .expectComplete()
        .verify(SOON);
    assertThat(heardByAgent).hasSize(5);
  }

  @Test
  void anAgentThatLeavesIsHeardToItsEnd() {
    CallSession session = session(Duration.ofMinutes(5));
    StepVerifier.create(session.bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1"), says(1)))
        .expectNextCount(2)
        .then(session::leave)
        .then(() -> events.next(says(2)))
        .expectNextCount(2)
        .thenAwait(SessionEnd.GOODBYE_GRACE)
        .then(() -> caller.next(returned("2:1")))
        .expectComplete()
        .verify(SOON);
    events.assertCancelled();
    assertEnded(Ending.AGENT_ENDED, "end_call");
  }

  @Test
  void anAgentThatDoesNotAnswerIsLost() {
    StepVerifier.create(
            session(new Terms(SOON, Duration.ofSeconds(1), null, false, TakeOver.PATIENCE))
                .bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1"), says(1)))
        .expectNextCount(2)
        .then(() -> caller.next(returned("1:0")))
        .then(() -> events.next(new FromAgent.CallerSaid("Hello?")))
        .expectError(AgentException.class)
        .verify(SOON);
    events.assertCancelled();
    assertEnded(Ending.AGENT_LOST, "dead_air");
  }

  @Test
  void whatIsSaidOverTheAgentsWordsNeedsNoAnswer() {
    StepVerifier.create(
            session(new Terms(SOON, Duration.ofSeconds(1), null, true, TakeOver.PATIENCE))
                .bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1"), says(1)))
        .expectNextCount(2)
        .then(() -> events.next(new FromAgent.CallerSaid("Right.")))
        .expectNoEvent(Duration.ofMillis(2_500))
        .then(() -> caller.next(stop()))
        .expectComplete()
        .verify(SOON);
    assertEnded(Ending.CALLER_HUNG_UP, "stop");
  }

  @Test
  void aCallInWhichNobodySaysAnythingIsOver() {
    Terms terms =
        new Terms(SOON, Duration.ofSeconds(8), Duration.ofMillis(500), false, TakeOver.PATIENCE);
    StepVerifier.create(session(terms).bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1")))
        .expectComplete()
        .verify(SOON);
    events.assertCancelled();
    assertEnded(Ending.LIMIT_REACHED, "silence");
  }

  @Test
  void aSupervisorOfWhomNothingIsSeenIsGoneAndTheAgentHasTheCallAgain() {
    CallSession session =
        session(
            new Terms(
                Duration.ofHours(1), Duration.ofSeconds(8), null, true, Duration.ofMillis(500)));
    StepVerifier.create(session.bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1"), says(1)))
        .expectNextCount(2)
        .then(() -> assertSettled("done", session.takeOver("anna")))
        .expectNext(new ToTwilio.Clear("MZ1"))
        .then(() -> {
          assertSettled("taken_over", session.takeOver("bert"));
          assertSettled("taken_over", session.takenOver().say("bert", new byte[160]));
          events.next(says(2), new FromAgent.Interruption(2));
        })
        .then(() -> assertSettled("done", session.takenOver().say("anna", new byte[4_000])))
        .expectNextCount(2)
        .then(() ->
            Callbridge.eventually(() -> !session.takenOver().isOn(), "the agent has it again"))
        .then(() -> {
          assertThat(heardByAgent).hasAtLeastOneElementOfType(ToAgent.HandedBack.class);
          assertSettled("not_taken_over", session.takenOver().say("anna", new byte[160]));
          events.next(says(2), says(3));
        })
        .expectNextMatches(ToTwilio.Media.class::isInstance)
        .expectNextMatches(mark -> mark instanceof ToTwilio.Mark it && it.toString().contains("3:"))
        .then(() -> caller.next(stop()))
        .expectComplete()
        .verify(SOON);
    assertEnded(Ending.CALLER_HUNG_UP, "stop");
    assertThat(callbridge.events(id))
        .filteredOn(event -> event.kind() == Kind.HANDED_BACK)
        .singleElement()
        .satisfies(event -> assertThat(event.details()).containsEntry("reason", "supervisor_gone"));
  }

  @Test
  void anAgentThatIsLostWhileAPersonHasTheCallIsMissedOnceItIsHandedBack() {
    CallSession session = session(Duration.ofMinutes(5));
    StepVerifier.create(session.bridge(caller.flux()))
        .then(() -> events.next(new FromAgent.Ready("conv_1"), says(1)))
        .expectNextCount(2)
        .then(() -> assertSettled("done", session.takeOver("anna")))
        .expectNext(new ToTwilio.Clear("MZ1"))
        .then(() -> events.error(new AgentException("connection_lost")))
        .then(() -> assertSettled("done", session.takenOver().say("anna", new byte[4_000])))
        .expectNextCount(2)
        .then(() -> session.takenOver().handBack().subscribe())
        .expectErrorMatches(AgentException.class::isInstance)
        .verify(SOON);
    assertEnded(Ending.AGENT_LOST, "connection_lost");
  }

  private static void assertSettled(String word, Mono<Settled> order) {
    List<String> settled = new ArrayList<>();
    order.subscribe(it -> settled.add(it.word()));
    assertThat(settled).containsExactly(word);
  }

  private CallSession session(Duration maxDuration) {
    return session(new Terms(maxDuration, Duration.ofSeconds(8), null, true, TakeOver.PATIENCE));
  }

  private CallSession session(Terms terms) {
    // Ends when its own side does; listens for as long as that.
    Agent agent =
        (_, line) ->
            events.flux().takeUntilOther(line.doOnNext(heardByAgent::add).then(Mono.never()));
    return new CallSession(
        agent,
        new Introduction("agent_1", id.toString(), Map.of(), null, null, null),
        terms,
        "MZ1",
        0,
        new SessionEvidence(id, 1, false, writer, Clock.systemUTC()),
        new LinePulse(() -> 0, () -> false, Schedulers.parallel()),
        null,
        new RelayMeters(new SimpleMeterRegistry()),
        desk,
        new LevelMeter(new VoiceLevels(), System::nanoTime),
        ear);
  }

  /// Once and for all, and in the store.
  private void assertEnded(Ending ending, String reason) {
    Callbridge.eventually(() -> !ends().isEmpty(), "no end in the evidence");
    assertThat(ends())
        .singleElement()
        .satisfies(end ->
            assertThat(end.details())
                .containsEntry("ending", ending.name())
                .containsEntry("reason", reason));
  }

  private List<CallEvent> ends() {
    return callbridge.events(id).stream()
        .filter(event -> event.kind() == Kind.MEDIA_ENDED)
        .toList();
  }

  private static FromAgent.Audio says(long eventId) {
    return new FromAgent.Audio(eventId, mulaw(1_200), null);
  }

  private static FromTwilio returned(String mark) {
    return new FromTwilio.Mark(1, "MZ1", new FromTwilio.Mark.Name(mark));
  }

  private static FromTwilio speech(String stream, String track) {
    return new FromTwilio.Media(2, stream, new FromTwilio.Media.Chunk(track, 1, 20, mulaw(160)));
  }

  private static FromTwilio stop() {
    return new FromTwilio.Stop(9, "MZ1", null);
  }

  private static byte[] mulaw(int length) {
    return Base64.getEncoder().encodeToString(new byte[length]).getBytes(ISO_8859_1);
  }
}
