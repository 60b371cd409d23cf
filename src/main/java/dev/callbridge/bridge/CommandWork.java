package dev.callbridge.bridge;

import dev.callbridge.agent.ToAgent;
import dev.callbridge.audio.Dtmf;
import dev.callbridge.steering.Command;
import dev.callbridge.steering.Settled;
import dev.callbridge.steering.Settled.Why;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// What an operator's command does in a call of this instance.
@Component
final class CommandWork {

  private final LiveSessions sessions;
  private final Handovers handovers;

  CommandWork(LiveSessions sessions, Handovers handovers) {
    this.sessions = sessions;
    this.handovers = handovers;
  }

  Mono<Settled> carryOut(Command command) {
    CallSession session = sessions.of(command.callId()).filter(CallSession::isOn).orElse(null);
    if (session == null) {
      return Mono.just(Settled.refused(Why.NOT_CONNECTED));
    }
    return switch (command.what()) {
      case Command.Context(var text) ->
          session.tell(new ToAgent.Context(text, null)).map(told -> told(told, session));
      case Command.Message _ when session.takenOver().isOn() ->
          Mono.just(Settled.refused(Why.TAKEN_OVER));
      case Command.Message(var text) ->
          session.tell(new ToAgent.Message(text)).map(told -> told(told, session));
      case Command.Digits(var keys) ->
          Mono.just(session.play(Dtmf.of(keys)) ? Settled.done() : Settled.refused(Why.LINE_BUSY));
      case Command.TakeOver _ -> session.takeOver(command.givenBy());
      case Command.Utterance(var mulaw) -> session.takenOver().say(command.givenBy(), mulaw);
      case Command.HandBack _ -> session.takenOver().handBack();
      case Command.Transfer transfer ->
          handovers
              .begin(command.callId(), "command " + command.id(), details(command, transfer))
              .map(CommandWork::handedOver);
    };
  }

  private static Settled told(boolean taken, CallSession session) {
    return taken
        ? Settled.done()
        : Settled.refused(session.isOn() ? Why.AGENT_STALLED : Why.CALL_ENDED);
  }

  private static Settled handedOver(Handovers.Result result) {
    return switch (result) {
      case BEGUN -> Settled.done();
      case NOT_POSSIBLE -> Settled.refused(Why.NOT_TRANSFERABLE);
      case NOBODY_ANSWERS -> Settled.refused(Why.NOBODY_ANSWERS);
    };
  }

  private static Map<String, String> details(Command command, Command.Transfer transfer) {
    Map<String, String> details = new LinkedHashMap<>(command.evidence());
    details.remove("command");
    details.put("summary", transfer.summary());
    if (transfer.target().isEmpty()) {
      details.put("handOff", "true");
    }
    return details;
  }
}
