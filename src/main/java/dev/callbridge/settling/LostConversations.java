package dev.callbridge.settling;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Ending;
import dev.callbridge.elevenlabs.ConversationEnd;
import dev.callbridge.elevenlabs.ConversationException;
import dev.callbridge.elevenlabs.Conversations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Asks the agent's platform about conversations whose instance is gone: how one ended, nobody on
/// this side has seen.
@Component
final class LostConversations {

  /// An agent that ended the call has done so by this long after its line was down: what it does
  /// later it does for nobody, since the socket of an instance that sleeps stays open.
  private static final Duration SLACK = Duration.ofSeconds(5);

  /// What still goes on there this long after its line was down was not ended by the agent.
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private final CallStore calls;
  private final Conversations conversations;
  private final Clock clock = Clock.systemUTC();

  LostConversations(CallStore calls, Conversations conversations) {
    this.calls = calls;
    this.conversations = conversations;
  }

  /// Stores what is known of the conversation of a session that was lost.
  ///
  /// @param down when the line was, as the carrier says
  /// @return false while it is still to be waited for. Fails while the platform cannot be asked:
  ///   then nothing is known, and nothing is to be concluded
  Mono<Boolean> nothingMoreToLearn(Call call, List<CallEvent> events, Instant down) {
    Optional<CallEvent> lost = lost(events);
    Optional<String> conversation =
        lost.flatMap(
            session -> conversation(events, session.details().getOrDefault("session", "")));
    boolean isKnown = events.stream().anyMatch(e -> e.kind() == Kind.CONVERSATION_FOUND);
    if (conversation.isEmpty() || isKnown) {
      return Mono.just(true);
    }
    // Where the carrier does not say when it was, it is now each time.
    Instant since = earlier(down, lost.orElseThrow().at());
    boolean isOld = since.plus(PATIENCE).isBefore(clock.instant());
    return conversations
        .end(conversation.get())
        .flatMap(end ->
            end.isOver() || isOld ? note(call, end, down).thenReturn(true) : Mono.just(false))
        .onErrorResume(
            ConversationException.class,
            e -> {
              if (e.kind() == ConversationException.Kind.UNAVAILABLE) {
                return Mono.error(e);
              }
              LOG.warn(
                  "call {}: nothing is known of its conversation: {}", call.id(), e.getMessage());
              return Mono.just(true);
            });
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /// The last session, where it was ended for an instance that could not say how.
  private static Optional<CallEvent> lost(List<CallEvent> events) {
    return events.stream()
        .filter(e -> e.kind() == Kind.MEDIA_ENDED)
        .max(
            Comparator.comparingInt(
                e -> Integer.parseInt(e.details().getOrDefault("session", "0"))))
        .filter(e -> Ending.INTERRUPTED.name().equals(e.details().get("ending")))
        .filter(e -> "instance_lost".equals(e.details().get("reason")));
  }

  private static Optional<String> conversation(List<CallEvent> events, String session) {
    return events.stream()
        .filter(e -> e.kind() == Kind.AGENT_CONNECTED)
        .filter(e -> session.equals(e.details().get("session")))
        .map(e -> e.details().getOrDefault("conversationId", ""))
        .filter(id -> !id.isEmpty())
        .findFirst();
  }

  private Mono<Void> note(Call call, ConversationEnd end, Instant down) {
    Instant at = end.at();
    boolean byAgent = end.agentEnded() && (at == null || !at.isAfter(down.plus(SLACK)));
    LOG.info(
        "call {}: its conversation is {}{}",
        call.id(),
        end.status(),
        byAgent ? ", ended by the agent" : "");
    Map<String, String> details = new HashMap<>();
    details.put("conversation", end.conversationId());
    details.put("status", end.status());
    if (byAgent) {
      details.put("by", EndedBy.AGENT.name());
    }
    return calls
        .append(
            new CallEvent(
                call.id(),
                Kind.CONVERSATION_FOUND,
                Source.ELEVENLABS,
                end.conversationId(),
                clock.instant(),
                details))
        .then();
  }
}
