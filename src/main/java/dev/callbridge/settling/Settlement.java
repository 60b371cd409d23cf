package dev.callbridge.settling;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.CallTruth;
import dev.callbridge.call.Carrier;
import dev.callbridge.call.OpenCalls;
import dev.callbridge.twilio.CallStatus;
import dev.callbridge.twilio.TwilioCalls;
import dev.callbridge.twilio.TwilioCalls.Found;
import dev.callbridge.twilio.TwilioSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Finds out what became of one overdue call. What cannot be found out leaves it open: an outcome
/// is never guessed.
@Component
final class Settlement {

  /// A call that was created is in the carrier's list well before that.
  static final Duration LISTED = Duration.ofSeconds(60);

  private static final Duration CLOCK_SKEW = Duration.ofMinutes(2);
  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private final CallStore calls;
  private final OpenCalls open;
  private final TwilioCalls twilio;
  private final TwilioSettings settings;
  private final LostConversations conversations;
  private final Clock clock = Clock.systemUTC();

  Settlement(
      CallStore calls,
      OpenCalls open,
      TwilioCalls twilio,
      TwilioSettings settings,
      LostConversations conversations) {
    this.calls = calls;
    this.open = open;
    this.twilio = twilio;
    this.settings = settings;
    this.conversations = conversations;
  }

  Mono<Void> settle(Call overdue) {
    return open.endLostSessions(overdue.id())
        .filter(call -> !call.isOver())
        .flatMap(
            call -> calls.events(call.id()).collectList().flatMap(events -> settle(call, events)));
  }

  private Mono<Void> settle(Call call, List<CallEvent> events) {
    if (count(events, Kind.MEDIA_CONNECTED) > count(events, Kind.MEDIA_ENDED)) {
      // An instance that lives has it on the line.
      return Mono.empty();
    }
    Optional<CallEvent> down = events.stream().filter(Settlement::isCarrierEnd).findFirst();
    if (down.isPresent()) {
      return conclude(call, events, down.get().at(), clock.instant(), Map.of("reason", "quiet"));
    }
    if (call.plan().carrier() == Carrier.BROWSER) {
      // Its page had a ticket, and the time to use it is over.
      return close(call, Source.RELAY, clock.instant(), Map.of("reason", "before_the_stream"));
    }
    String sid = call.truth().twilioCallSid();
    return sid != null
        ? twilio.fetch(sid).flatMap(found -> accept(call, events, found))
        : settleUnplaced(call, events);
  }

  private Mono<Void> accept(Call call, List<CallEvent> events, Found found) {
    if (found.status() == null || !found.status().isTerminal()) {
      return takeOver(call, events);
    }
    Map<String, String> details = new LinkedHashMap<>();
    details.put("CallStatus", found.status().wireName());
    if (found.duration() != null) {
      details.put("CallDuration", found.duration());
    }
    Instant ended = ended(call, found);
    return conclude(call, events, ended, ended, details);
  }

  /// The carrier says that it is over. The agent's platform is asked first where it may know better
  /// than we do how.
  ///
  /// @param down when the line was
  private Mono<Void> conclude(
      Call call, List<CallEvent> events, Instant down, Instant at, Map<String, String> details) {
    return conversations
        .nothingMoreToLearn(call, events, down)
        .flatMap(known -> known ? close(call, Source.TWILIO, at, details) : Mono.<Void>empty());
  }

  /// When the line was down, as the carrier says, which may be long ago: to the second, and so no
  /// earlier than what is known of the call. Otherwise it is over now.
  private Instant ended(Call call, Found found) {
    Instant now = clock.instant();
    Instant ended = found.ended();
    if (ended == null || ended.isAfter(now)) {
      return now;
    }
    CallTruth.Timings at = call.truth().timings();
    return Stream.of(
            call.created(), at.answered(), at.agentConnected(), at.firstAgentAudio(), ended)
        .filter(Objects::nonNull)
        .map(Objects::requireNonNull)
        .max(Comparator.naturalOrder())
        .orElse(now);
  }

  /// The line is up, and the instance that had it is gone or asleep: its socket may stay open and
  /// say nothing. So the line is sent here, to ask what comes after its stream.
  private Mono<Void> takeOver(Call call, List<CallEvent> events) {
    String sid = call.truth().twilioCallSid();
    long sessions = count(events, Kind.MEDIA_CONNECTED);
    if (sid == null || !isLeftBehind(events, sessions)) {
      return Mono.empty();
    }
    LOG.warn("call {}: taken over from an instance that is gone", call.id());
    return twilio.redirect(
        sid,
        settings.webhook("/twilio/voice/after-stream?call=" + call.id() + "&stream=" + sessions));
  }

  /// Its last stream was ended for an instance that was gone, and nobody has asked what comes next.
  private static boolean isLeftBehind(List<CallEvent> events, long sessions) {
    return events.stream()
            .anyMatch(e ->
                e.kind() == Kind.MEDIA_ENDED
                    && e.key().equals("" + sessions)
                    && OpenCalls.INSTANCE_LOST.equals(e.details().get("reason")))
        && events.stream()
            .noneMatch(e -> e.kind() == Kind.AFTER_STREAM && e.key().equals("" + sessions));
  }

  private Mono<Void> settleUnplaced(Call call, List<CallEvent> events) {
    return switch (call.truth().state()) {
      case CREATED ->
          open.isDiallerAlive(call.id())
              .flatMap(alive -> alive ? Mono.<Void>empty() : settleUndialled(call));
      case UNCONFIRMED -> find(call, events);
      default -> Mono.empty();
    };
  }

  /// Who was to dial it is gone. Either nobody has asked the carrier, and now nobody will; or it
  /// was asked, and did not get to tell.
  private Mono<Void> settleUndialled(Call call) {
    return open.claimDial(call.id())
        .flatMap(claimed ->
            claimed
                ? close(call, Map.of("reason", "not_dialled"))
                : calls
                    .append(event(call, Kind.DIAL_UNCONFIRMED, Map.of("reason", "instance_lost")))
                    .then());
  }

  /// Asks the carrier for calls like it. Never places another.
  private Mono<Void> find(Call call, List<CallEvent> events) {
    return open.hasDouble(call.id())
        .flatMap(hasDouble ->
            hasDouble
                ? Mono.<Void>empty()
                : candidates(call).collectList().flatMap(found -> bind(call, events, found)));
  }

  private Flux<Found> candidates(Call call) {
    return twilio
        .list(call.plan().to(), call.created().minus(CLOCK_SKEW).atZone(ZoneOffset.UTC))
        .flatMapIterable(found -> found)
        .filter(found -> found.from().equals(call.plan().from()))
        .filterWhen(found -> calls.findByTwilioSid(found.sid()).hasElement().map(known -> !known));
  }

  private Mono<Void> bind(Call call, List<CallEvent> events, List<Found> found) {
    if (found.size() == 1) {
      LOG.info("call {}: found at the carrier, {}", call.id(), found.getFirst().sid());
      return calls
          .append(event(call, Kind.DIAL_ACCEPTED, Map.of("CallSid", found.getFirst().sid())))
          .flatMap(bound -> accept(bound, events, found.getFirst()));
    } else if (found.isEmpty() && isListed(events)) {
      return close(call, Map.of("reason", "never_placed"));
    }
    LOG.warn("call {}: {} calls at the carrier could be it", call.id(), found.size());
    return Mono.empty();
  }

  private boolean isListed(List<CallEvent> events) {
    return events.stream()
        .filter(e -> e.kind() == Kind.DIAL_UNCONFIRMED)
        .anyMatch(e -> e.at().plus(LISTED).isBefore(clock.instant()));
  }

  private Mono<Void> close(Call call, Map<String, String> details) {
    return close(call, Source.TWILIO, clock.instant(), details);
  }

  private Mono<Void> close(Call call, Source source, Instant at, Map<String, String> details) {
    LOG.info("call {}: settled, {}", call.id(), details);
    return calls
        .append(new CallEvent(call.id(), Kind.SETTLED, source, "settling", at, details))
        .then();
  }

  private CallEvent event(Call call, Kind kind, Map<String, String> details) {
    return new CallEvent(call.id(), kind, Source.TWILIO, "settling", clock.instant(), details);
  }

  private static boolean isCarrierEnd(CallEvent e) {
    CallStatus status = CallStatus.parse(e.details().get("CallStatus"));
    return e.kind() == Kind.CARRIER_STATUS && status != null && status.isTerminal();
  }

  private static long count(List<CallEvent> events, Kind kind) {
    return events.stream().filter(e -> e.kind() == kind).count();
  }
}
