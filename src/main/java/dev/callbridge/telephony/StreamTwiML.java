package dev.callbridge.telephony;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.assistants.Template;
import dev.callbridge.call.Call;
import dev.callbridge.call.MediaTickets;
import dev.callbridge.twilio.TwiML;
import dev.callbridge.twilio.TwilioSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// The TwiML that joins a call to its agent, with a ticket of its own each time.
@Component
final class StreamTwiML {

  private final TwilioSettings settings;
  private final MediaTickets tickets;
  private final Assistants assistants;

  StreamTwiML(TwilioSettings settings, MediaTickets tickets, Assistants assistants) {
    this.settings = settings;
    this.tickets = tickets;
    this.assistants = assistants;
  }

  /// @param parameters come back with the stream's start
  Mono<String> connect(Call call, Map<String, String> parameters) {
    return tickets.issue(call.id()).map(token -> TwiML.connect(stream(call, parameters, token, 1)));
  }

  /// The same, after telling the caller that it takes a moment more.
  ///
  /// @param number of the stream, 1 being the call's first
  Mono<String> reconnect(Call call, int number) {
    return reconnect(call, number, Map.of());
  }

  Mono<String> reconnect(Call call, int number, Map<String, String> parameters) {
    TwiML.Sentence moment = sentence(call, assistant(call).reconnecting());
    return tickets
        .issue(call.id())
        .map(token -> TwiML.connect(stream(call, parameters, token, number), moment));
  }

  /// For a call that has lost its agent for good.
  String apology(Call call) {
    Assistant assistant = assistant(call);
    TwiML.Sentence sorry = sentence(call, assistant.unreachable());
    return assistant.handOffNumber() == null
        ? TwiML.say(sorry)
        : TwiML.dial(sentence(call, assistant.handOff()), assistant.handOffNumber(), sorry);
  }

  /// The same where the caller has heard the apology already.
  String afterApology(Call call) {
    return assistant(call).handOffNumber() == null ? TwiML.hangUp() : apology(call);
  }

  /// For when nothing is known, not even the call.
  String apology() {
    Assistant assistant = assistants.of(Assistants.DEFAULT);
    return TwiML.say(
        new TwiML.Sentence(
            Template.spoken(assistant.unreachable(), Map.of()), assistant.spokenLanguage()));
  }

  private TwiML.Stream stream(Call call, Map<String, String> parameters, String token, int number) {
    UUID id = call.id();
    Map<String, String> all = new LinkedHashMap<>(parameters);
    all.put("callId", id.toString());
    return new TwiML.Stream(
        settings.webhook("/twilio/voice/after-stream?call=" + id + "&stream=" + number),
        settings.socket("/twilio/media/" + token),
        settings.webhook("/twilio/stream-status/" + id),
        all,
        sentence(call, assistant(call).unreachable()));
  }

  private Assistant assistant(Call call) {
    return assistants.of(call.plan().assistant()).in(call.plan().language());
  }

  private TwiML.Sentence sentence(Call call, String text) {
    return new TwiML.Sentence(
        Template.spoken(text, call.plan().variables()), assistant(call).spokenLanguage());
  }
}
