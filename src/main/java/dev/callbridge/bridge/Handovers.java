package dev.callbridge.bridge;

import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallStore;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Hands callers to people, whoever wants it. That it is wanted is stored; then the session ends,
/// and the line, which asks what comes after its stream, is told to ring the person.
@Component
final class Handovers {

  /// Of one call. After that many nobody is going to answer.
  static final int MAX_TRANSFERS = 3;

  private final LiveSessions sessions;
  private final CallStore calls;
  private final Clock clock = Clock.systemUTC();

  Handovers(LiveSessions sessions, CallStore calls) {
    this.sessions = sessions;
    this.calls = calls;
  }

  enum Result {
    BEGUN,
    NOT_POSSIBLE,
    NOBODY_ANSWERS
  }

  /// @param key again with the same one, it is the same transfer
  /// @param details of the evidence
  Mono<Result> begin(UUID callId, String key, Map<String, String> details) {
    CallSession session = sessions.of(callId).orElse(null);
    if (session == null || !session.mayBeTransferred()) {
      return Mono.just(Result.NOT_POSSIBLE);
    }
    CallEvent wanted =
        new CallEvent(callId, Kind.TRANSFER, Source.RELAY, key, clock.instant(), details);
    return calls
        .events(callId)
        .filter(event -> event.kind() == Kind.TRANSFER && !event.key().equals(key))
        .count()
        .flatMap(before ->
            before >= MAX_TRANSFERS
                ? Mono.just(Result.NOBODY_ANSWERS)
                : calls
                    .append(wanted)
                    .map(_ -> session.transfer() ? Result.BEGUN : Result.NOT_POSSIBLE));
  }
}
