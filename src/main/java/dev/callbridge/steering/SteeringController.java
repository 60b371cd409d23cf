package dev.callbridge.steering;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.assistants.TransferTargets;
import dev.callbridge.call.Call;
import dev.callbridge.call.CallResource;
import dev.callbridge.call.CallRights;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.CallStore.Idempotency;
import dev.callbridge.requests.Bodies;
import dev.callbridge.requests.InvalidRequestException;
import dev.callbridge.speech.Utterances;
import dev.callbridge.steering.Settled.Why;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Steering a call that is on. Ending one is placing's business: it needs no agent.
@RestController
@RequestMapping(CallResource.PATH + "/{id}")
class SteeringController {

  private static final String ONCE = "Idempotency-Key";

  private final Commands commands;
  private final CallStore calls;
  private final Assistants assistants;
  private final TransferTargets targets;
  private final Utterances utterances;
  private final AgentVoices voices;

  SteeringController(
      Commands commands,
      CallStore calls,
      Assistants assistants,
      TransferTargets targets,
      Utterances utterances,
      AgentVoices voices) {
    this.commands = commands;
    this.calls = calls;
    this.assistants = assistants;
    this.targets = targets;
    this.utterances = utterances;
    this.voices = voices;
  }

  /// @param state `DONE`, or `TAKEN` by an instance that has not said yet what came of it
  record CommandResource(
      UUID id, UUID callId, Command.Kind command, Given.State state, Instant givenAt) {}

  /// Tells the agent something, for it to know and not to answer.
  @PostMapping("/context")
  Mono<ResponseEntity<CommandResource>> context(
      @PathVariable UUID id,
      @RequestHeader(value = ONCE, required = false) @Nullable String key,
      @RequestBody(required = false) byte @Nullable [] body,
      @AuthenticationPrincipal CallRights rights) {
    return give(id, key, body, rights, SteeringCheck.context(body));
  }

  /// Has the agent answer something as though the caller had said it.
  @PostMapping("/message")
  Mono<ResponseEntity<CommandResource>> message(
      @PathVariable UUID id,
      @RequestHeader(value = ONCE, required = false) @Nullable String key,
      @RequestBody(required = false) byte @Nullable [] body,
      @AuthenticationPrincipal CallRights rights) {
    return give(id, key, body, rights, SteeringCheck.message(body));
  }

  /// Presses keys, as tones among the agent's voice.
  @PostMapping("/digits")
  Mono<ResponseEntity<CommandResource>> digits(
      @PathVariable UUID id,
      @RequestHeader(value = ONCE, required = false) @Nullable String key,
      @RequestBody(required = false) byte @Nullable [] body,
      @AuthenticationPrincipal CallRights rights) {
    return give(id, key, body, rights, SteeringCheck.digits(body));
  }

  /// Hands the caller to a person.
  @PostMapping("/transfer")
  Mono<ResponseEntity<CommandResource>> transfer(
      @PathVariable UUID id,
      @RequestHeader(value = ONCE, required = false) @Nullable String key,
      @RequestBody(required = false) byte @Nullable [] body,
      @AuthenticationPrincipal CallRights rights) {
    return calls
        .find(id)
        .map(this::assistant)
        .map(Optional::of)
        .defaultIfEmpty(Optional.empty())
        .flatMap(assistant ->
            give(id, key, body, rights, SteeringCheck.transfer(body, targets, assistant)));
  }

  /// Silences the agent: whoever asks speaks in its place.
  @PostMapping("/take-over")
  Mono<ResponseEntity<CommandResource>> takeOver(
      @PathVariable UUID id,
      @RequestHeader(value = ONCE, required = false) @Nullable String key,
      @AuthenticationPrincipal CallRights rights) {
    return give(id, key, null, rights, new Command.TakeOver());
  }

  /// Has the caller hear a recording, which is the body, in the agent's voice.
  @PostMapping("/utterance")
  Mono<ResponseEntity<CommandResource>> utterance(
      @PathVariable UUID id,
      @RequestHeader(value = ONCE, required = false) @Nullable String key,
      @RequestHeader(name = HttpHeaders.CONTENT_TYPE, required = false) @Nullable MediaType type,
      @RequestBody(required = false) @Nullable Flux<DataBuffer> body,
      @AuthenticationPrincipal CallRights rights) {
    return utterances
        .read(type, body)
        .flatMap(said ->
            commands.give(
                id,
                call ->
                    voices
                        .of(call)
                        .flatMap(voice -> utterances.in(voice, said))
                        .map(mulaw ->
                            new Command(
                                Call.newId(), id, new Command.Utterance(mulaw), rights.name())),
                once(id, key, said.bytes(), rights, Command.Kind.UTTERANCE)))
        .map(SteeringController::answer);
  }

  /// Gives the agent the call back.
  @PostMapping("/hand-back")
  Mono<ResponseEntity<CommandResource>> handBack(
      @PathVariable UUID id,
      @RequestHeader(value = ONCE, required = false) @Nullable String key,
      @AuthenticationPrincipal CallRights rights) {
    return give(id, key, null, rights, new Command.HandBack());
  }

  private Assistant assistant(Call call) {
    return assistants.of(call.plan().assistant());
  }

  private Mono<ResponseEntity<CommandResource>> give(
      UUID callId,
      @Nullable String key,
      byte @Nullable [] body,
      CallRights rights,
      Command.What what) {
    return commands
        .give(
            new Command(Call.newId(), callId, what, rights.name()),
            once(callId, key, body, rights, what.kind()))
        .map(SteeringController::answer);
  }

  private static @Nullable Idempotency once(
      UUID callId,
      @Nullable String key,
      byte @Nullable [] body,
      CallRights rights,
      Command.Kind kind) {
    if (key == null) {
      return null;
    } else if (!key.matches("[\\x21-\\x7E]{1,200}")) {
      throw InvalidRequestException.badRequest(
          ONCE, "is not a header of 1 to 200 visible characters");
    }
    return new Idempotency(rights.name(), key, hash(callId, kind, body));
  }

  /// Of the same body for another call, or to another end, it is another one.
  private static byte[] hash(UUID callId, Command.Kind kind, byte @Nullable [] body) {
    var request = new ByteArrayOutputStream();
    request.writeBytes((callId + " " + kind + " ").getBytes(UTF_8));
    request.writeBytes(body == null ? new byte[0] : body);
    return Bodies.sha256(request.toByteArray());
  }

  private static ResponseEntity<CommandResource> answer(Commands.Answer answer) {
    Given given = answer.given();
    Function<HttpStatus, ResponseEntity<CommandResource>> as =
        status ->
            ResponseEntity.status(status)
                .header("Idempotency-Replayed", Boolean.toString(answer.isRepeat()))
                .body(
                    new CommandResource(
                        given.id(), given.callId(), given.kind(), given.state(), given.at()));
    return switch (given.state()) {
      case DONE -> as.apply(HttpStatus.OK);
      case WAITING, TAKEN -> as.apply(HttpStatus.ACCEPTED);
      case REFUSED, EXPIRED, UNKNOWN ->
          throw new SteeringProblem(
              given.reason() == null ? Why.NOT_KNOWN : Why.of(given.reason()));
    };
  }
}
