package dev.callbridge.bridge;

import dev.callbridge.agent.AgentException;
import dev.callbridge.call.Ending;
import dev.callbridge.twilio.MediaStreamException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// How one session ends. The first reason is the one: what follows from it is not another.
final class SessionEnd {

  /// From the agent's goodbye to its closing the conversation. Then we close it.
  static final Duration GOODBYE_GRACE = Duration.ofSeconds(2);

  /// Of an agent that has asked for the end and talks on. Then it is cut short.
  static final Duration LONGEST_GOODBYE = Duration.ofSeconds(10);

  private static final Duration TICK = Duration.ofMillis(250);

  private final Sinks.Empty<Void> goodbye = Sinks.empty();
  private final Sinks.Empty<Void> quiet = Sinks.empty();
  private final Sinks.Empty<Void> leaving = Sinks.empty();

  private volatile @Nullable Ending ending;
  private String reason = "";

  /// Somebody or something has ended it already; nothing more is owed.
  boolean isNear() {
    return ending != null;
  }

  Ending ending() {
    return Objects.requireNonNull(ending, "it has not ended");
  }

  /// In lower case.
  String reason() {
    return reason.toLowerCase(Locale.ROOT);
  }

  /// @return false when it is ending already
  synchronized boolean because(Ending how, String why) {
    if (ending != null) {
      return false;
    }
    reason = why;
    ending = how;
    return true;
  }

  /// @param reached the agent was there already
  void lost(Throwable e, boolean reached) {
    switch (e) {
      case AgentException agentError ->
          because(reached ? Ending.AGENT_LOST : Ending.AGENT_UNREACHABLE, agentError.reason());
      case LineException lineError -> because(lineError.ending(), lineError.reason());
      case MediaStreamException _ -> because(Ending.LINE_REFUSED, "malformed_frame");
      default -> because(Ending.LINE_LOST, "connection_lost");
    }
  }

  /// The agent has hung up, and closes the conversation next.
  void goodbye() {
    because(Ending.AGENT_ENDED, "end_call");
    goodbye.tryEmitEmpty();
  }

  /// The agent wants to leave, and may not have said its last word yet.
  ///
  /// @return false when it is ending already, another way
  boolean leave(Ending how, String why) {
    boolean mine = because(how, why);
    leaving.tryEmitEmpty();
    return mine;
  }

  /// Neither has said anything for too long.
  void silent() {
    quiet.tryEmitEmpty();
  }

  /// Completes when the agent has had its time to close the conversation.
  Mono<Void> afterGoodbye() {
    return goodbye.asMono().then(Mono.delay(GOODBYE_GRACE)).then();
  }

  /// Completes when an agent that is leaving has said nothing for a while; what it said then plays
  /// out.
  ///
  /// @param lastSpoke when it last spoke, of the system's nanoseconds
  Mono<Void> afterLastWords(LongSupplier lastSpoke) {
    return leaving.asMono().then(Mono.defer(() -> lastWords(lastSpoke)));
  }

  private static Mono<Void> lastWords(LongSupplier lastSpoke) {
    long began = System.nanoTime();
    return Flux.interval(TICK)
        .onBackpressureDrop()
        .filter(_ -> {
          long now = System.nanoTime();
          return now - Math.max(lastSpoke.getAsLong(), began) >= GOODBYE_GRACE.toNanos()
              || now - began >= LONGEST_GOODBYE.toNanos();
        })
        .next()
        .then();
  }

  /// Completes when it has lasted for so long, or when it was silent for too long.
  Mono<Void> atLimit(Duration longest) {
    return Mono.firstWithSignal(
        Mono.delay(longest).doOnNext(_ -> because(Ending.LIMIT_REACHED, "max_duration")).then(),
        quiet.asMono().doOnSuccess(_ -> because(Ending.LIMIT_REACHED, "silence")));
  }
}
