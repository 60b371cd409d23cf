package dev.callbridge.bridge;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.bridge.MediaStreamHandler.Admission;
import dev.callbridge.bridge.MediaStreamHandler.AdmittedCall;
import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Carrier;
import dev.callbridge.call.Direction;
import dev.callbridge.call.LiveCalls;
import dev.callbridge.call.MediaTickets;
import dev.callbridge.twilio.CallStatus;
import dev.callbridge.twilio.FromTwilio;
import dev.callbridge.twilio.TwilioCalls;
import dev.callbridge.twilio.TwilioSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Which call a media socket may carry.
///
/// Our own TwiML carries a single-use ticket in the path. TwiML written elsewhere has none: there
/// the stream's `token` parameter is the ticket, and a stream without one is believed only when no
/// ticket was ever issued for its call and Twilio itself says that the call is on.
@Component
class Admissions {

  private final MediaTickets tickets;
  private final CallStore calls;
  private final TwilioCalls twilio;
  private final TwilioSettings settings;
  private final Assistants assistants;
  private final LiveCalls live;

  Admissions(
      MediaTickets tickets,
      CallStore calls,
      TwilioCalls twilio,
      TwilioSettings settings,
      Assistants assistants,
      LiveCalls live) {
    this.tickets = tickets;
    this.calls = calls;
    this.twilio = twilio;
    this.settings = settings;
    this.assistants = assistants;
    this.live = live;
  }

  /// What the path allows, known before the upgrade; empty to refuse it.
  ///
  /// @param query of the socket's URL, dynamic variables where a client keeps it
  Mono<Admission> forPath(Map<String, String> path, Map<String, String> query) {
    String token = path.get("token");
    if (token == null) {
      return Mono.just(start -> withoutTicket(start, path.get("callSid"), query));
    }
    return tickets
        .redeem(token, Carrier.RELAY)
        .map(Admissions::admitted)
        .onErrorMap(MediaStreamEndpoint.StoreAway::new)
        .map(this::ofTicket);
  }

  private Admission ofTicket(AdmittedCall call) {
    return new Admission() {
      @Override
      public Mono<AdmittedCall> admit(FromTwilio.Start start) {
        return isOf(call.call(), start) ? Mono.just(call) : Mono.empty();
      }

      @Override
      public UUID callId() {
        return call.call().id();
      }
    };
  }

  private Mono<AdmittedCall> withoutTicket(
      FromTwilio.Start start, @Nullable String sidInPath, Map<String, String> query) {
    String sid = start.start().callSid();
    if (sid == null || !isOurAccount(start) || (sidInPath != null && !sidInPath.equals(sid))) {
      return Mono.empty();
    }
    String token = start.parameters().get("token");
    if (token != null) {
      return tickets
          .redeem(token, Carrier.RELAY)
          .map(Admissions::admitted)
          .filter(call -> isOf(call.call(), start));
    }
    return calls
        .findByTwilioSid(sid)
        .flatMap(call ->
            tickets
                .wereIssued(call.id())
                .filter(issued -> !issued && !call.isOver() && !live.carries(call.id()))
                .map(_ -> call))
        .switchIfEmpty(
            Mono.defer(() ->
                calls
                    .findByTwilioSid(sid)
                    .hasElement()
                    .flatMap(known -> known ? Mono.empty() : vouchedFor(sid, query))))
        .flatMap(call -> sessions(call.id()).map(n -> new AdmittedCall(call, n + 1, true)));
  }

  /// A call we know nothing of: Twilio is asked.
  private Mono<Call> vouchedFor(String sid, Map<String, String> query) {
    return twilio
        .fetch(sid)
        .filter(found ->
            found.accountSid().equals(settings.accountSid())
                && (found.status() == CallStatus.IN_PROGRESS
                    || found.status() == CallStatus.RINGING))
        .flatMap(found -> {
          UUID id = Call.newId();
          String name = assistants.answering(found.to());
          Assistant assistant = assistants.of(name);
          CallPlan plan =
              new CallPlan(
                  Direction.INBOUND,
                  name,
                  found.from(),
                  found.to(),
                  new HashMap<>(query),
                  null,
                  null,
                  null,
                  false,
                  Duration.ofSeconds(60),
                  assistant.maxDuration(),
                  Map.of());
          CallEvent stream =
              new CallEvent(
                  id,
                  CallEvent.Kind.CREATED,
                  CallEvent.Source.TWILIO,
                  sid,
                  Clock.systemUTC().instant(),
                  Map.of("CallSid", sid));
          return calls.createInbound(id, plan, stream);
        });
  }

  private static AdmittedCall admitted(MediaTickets.Redeemed ticket) {
    return new AdmittedCall(ticket.call(), ticket.sessions() + 1, false);
  }

  private Mono<Integer> sessions(UUID callId) {
    return calls
        .events(callId)
        .filter(event -> event.kind() == CallEvent.Kind.MEDIA_CONNECTED)
        .count()
        .map(Math::toIntExact);
  }

  /// The stream names the call that its ticket was issued for.
  private boolean isOf(Call call, FromTwilio.Start start) {
    String known = call.truth().twilioCallSid();
    return isOurAccount(start) && (known == null || known.equals(start.start().callSid()));
  }

  private boolean isOurAccount(FromTwilio.Start start) {
    String account = start.start().accountSid();
    return account == null || account.equals(settings.accountSid());
  }
}
