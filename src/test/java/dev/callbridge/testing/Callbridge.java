package dev.callbridge.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.LiveCalls;
import dev.callbridge.call.Transcripts;
import dev.callbridge.call.Turn;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.elevenlabs.SandboxElevenLabs;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.InboundCall;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.sandbox.twilio.SandboxTwilio;
import dev.callbridge.twilio.TwilioSettings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.springframework.boot.test.context.TestComponent;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The running application and its two vendors, in the words of a test. Every wait has an end.
@TestComponent
public final class Callbridge {

  /// Long enough for a whole simulated conversation on a busy machine.
  public static final Duration CALL = Duration.ofSeconds(60);

  public static final Duration SOON = Duration.ofSeconds(15);

  private final SandboxTwilio twilio;
  private final SandboxElevenLabs elevenlabs;
  private final CallStore calls;
  private final Transcripts transcripts;
  private final LiveCalls live;
  private final TwilioSettings settings;

  Callbridge(
      SandboxTwilio twilio,
      SandboxElevenLabs elevenlabs,
      CallStore calls,
      Transcripts transcripts,
      LiveCalls live,
      TwilioSettings settings) {
    this.twilio = twilio;
    this.elevenlabs = elevenlabs;
    this.calls = calls;
    this.transcripts = transcripts;
    this.live = live;
    this.settings = settings;
  }

  public SandboxTwilio twilio() {
    return twilio;
  }

  public SandboxElevenLabs elevenlabs() {
    return elevenlabs;
  }

  public TwilioSettings settings() {
    return settings;
  }

  public LiveCalls live() {
    return live;
  }

  /// Somebody rings in and behaves by that script; the query goes on the voice webhook's URL.
  public SandboxCall callIn(CallerScript script, String query) {
    return twilio.callIn(inbound(script, query));
  }

  /// The same, the call's media going by that host and port.
  public SandboxCall callInThrough(String authority, CallerScript script, String query) {
    return twilio.callIn(inbound(script, query).withStreamsThrough(authority));
  }

  private InboundCall inbound(CallerScript script, String query) {
    return new InboundCall(
        settings.webhook("/twilio/voice" + (query.isEmpty() ? "" : "?" + query)),
        "+15550009999",
        Objects.requireNonNull(settings.phoneNumber()),
        script,
        settings.webhook("/twilio/status"));
  }

  public SandboxCall callIn(CallerScript script) {
    return callIn(script, "");
  }

  public SandboxCall awaitEnd(SandboxCall call) {
    return Objects.requireNonNull(call.settled().block(CALL));
  }

  /// The stored call of that Twilio sid, once it is such.
  public Call await(SandboxCall line, Predicate<Call> such) {
    return await(calls.findByTwilioSid(line.callSid()), such);
  }

  /// The stored call of that Twilio sid.
  public Call await(String callSid) {
    return await(calls.findByTwilioSid(callSid), _ -> true);
  }

  public Call await(UUID id, Predicate<Call> such) {
    return await(calls.find(id), such);
  }

  /// The stored call once it is over.
  public Call awaitOutcome(SandboxCall line) {
    return await(line, Call::isOver);
  }

  private static Call await(Mono<Call> call, Predicate<Call> such) {
    return Objects.requireNonNull(
        call.filter(such)
            // The database of a busy machine may need another try; the whole wait is bounded.
            .onErrorResume(e -> Exceptions.unwrap(e) instanceof TimeoutException, _ -> Mono.empty())
            .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(100)))
            .block(CALL));
  }

  public List<Turn> transcript(UUID id) {
    return Objects.requireNonNull(transcripts.of(id).collectList().block(SOON));
  }

  public List<CallEvent> events(UUID id) {
    return Objects.requireNonNull(calls.events(id).collectList().block(SOON));
  }

  /// The agent's side of that call, once it is there.
  public AgentSession session(Call call) {
    String id = Objects.requireNonNull(call.truth().conversationId(), "no conversation");
    return elevenlabs.session(id).orElseThrow();
  }

  /// Nothing of any call is left behind: no media socket, no agent socket.
  public void assertNothingLeft() {
    eventually(() -> live.connections().isEmpty(), "media sockets left");
    eventually(
        () ->
            elevenlabs.sessions().stream()
                .allMatch(session -> session.hasEnded() || hasStalled(session)),
        "agent sockets left");
    eventually(() -> elevenlabs.stages().open() == 0, "sockets or answers of stages left");
  }

  /// An agent that reads nothing does not notice either that its socket was closed.
  private static boolean hasStalled(AgentSession session) {
    return session.first("stalled").isPresent();
  }

  public static void eventually(BooleanSupplier condition, String otherwise) {
    Boolean held =
        Flux.interval(Duration.ZERO, Duration.ofMillis(50), Schedulers.boundedElastic())
            .onBackpressureDrop()
            .map(_ -> condition.getAsBoolean())
            .filter(now -> now)
            .next()
            .timeout(SOON, Mono.just(false))
            .block(SOON.plusSeconds(5));
    assertThat(held).as(otherwise).isTrue();
  }
}
