package dev.callbridge.bridge;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.speech.Heard;
import dev.callbridge.steering.Settled;
import dev.callbridge.steering.Settled.Why;
import dev.callbridge.twilio.ToTwilio;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/// A person who speaks in the agent's place for a while, in its voice and utterance by utterance.
///
/// While somebody has the call, the agent hears silence, what it says is not played and what it
/// asks to be done is refused; what the caller says is understood here. An agent that is lost or
/// ends the conversation meanwhile ends the call no sooner than it is handed back. A supervisor of
/// whom nothing is seen for a while is gone, and the agent has the call again.
///
/// Whatever it decides is carried out on the call's thread.
final class TakeOver {

  /// That while.
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /// How often the agent is told that it still does not have the call.
  private static final Duration REMINDER = Duration.ofSeconds(3);

  /// For the words of the last utterance, before the agent is told without them.
  private static final Duration UNDERSTANDING = Duration.ofMillis(2_500);

  private static final Duration LOOK = Duration.ofMillis(100);

  /// Said and not played yet. Longer, and nobody knows what the caller is hearing.
  private static final long MAX_BUFFERED_MILLIS = 60_000;

  /// A second: what is cut off in it was not all heard.
  private static final int PIECE = 8_000;

  private static final int MAX_WAITING = 64;
  private static final int UNDERSTOOD_AT_ONCE = 4;

  /// @param ear understands the caller, and every utterance
  /// @param onWords run whenever the caller has said something
  record Parts(
      Playback playback,
      Transcript transcript,
      CallerLine line,
      ToolCalls tools,
      SessionEvidence evidence,
      Ear ear,
      Duration patience,
      Runnable onWords) {}

  private record Utterance(Supervision of, int place, Transcript.AgentTurn turn, byte[] mulaw) {}

  private record Done(Settled settled, List<ToTwilio> out) {
    static Done refused(Why why) {
      return new Done(Settled.refused(why), List.of());
    }
  }

  private final Orders orders;
  private final Parts parts;
  private final Sinks.Many<Supervision> supervisions = waiting();
  private final Sinks.Many<Utterance> utterances = waiting();

  /// How long the supervisor is waited for from then on.
  private final Sinks.Many<Duration> seen = waiting();

  private final Sinks.Empty<Void> ended = Sinks.empty();

  private volatile @Nullable Supervision current;

  TakeOver(Orders orders, Parts parts) {
    this.orders = orders;
    this.parts = parts;
  }

  private static <T> Sinks.Many<T> waiting() {
    return Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_WAITING));
  }

  boolean isOn() {
    return current != null;
  }

  /// The agent falls silent. Again by the same one says that somebody is still there.
  ///
  /// @param onSilenced run where the agent was not silent before
  Mono<Settled> begin(String by, Runnable onSilenced) {
    return order(() -> {
      Supervision now = current;
      if (now != null && !now.by().equals(by)) {
        return Done.refused(Why.TAKEN_OVER);
      } else if (now != null) {
        seen.tryEmitNext(patience());
        return new Done(Settled.done(), List.of());
      }
      Supervision next = new Supervision(by);
      if (supervisions.tryEmitNext(next).isFailure()) {
        return Done.refused(Why.CALL_ENDED);
      }
      current = next;
      seen.tryEmitNext(parts.patience());
      parts.evidence().takenOver(by);
      parts.line().offer(new ToAgent.TakenOver());
      onSilenced.run();
      return new Done(Settled.done(), parts.playback().silence());
    });
  }

  /// Has the caller hear it, behind what was said before.
  ///
  /// @param mulaw 8 kHz, in the agent's voice
  Mono<Settled> say(String by, byte[] mulaw) {
    return order(() -> {
      Supervision now = current;
      if (now == null) {
        return Done.refused(Why.NOT_TAKEN_OVER);
      } else if (!now.by().equals(by)) {
        return Done.refused(Why.TAKEN_OVER);
      } else if (parts.playback().bufferedMillis() + mulaw.length / 8 > MAX_BUFFERED_MILLIS) {
        return Done.refused(Why.LINE_BUSY);
      }
      Transcript.AgentTurn turn = parts.transcript().supervisorSays();
      int place = now.supervisorSays();
      List<ToTwilio> out = new ArrayList<>();
      for (int at = 0; at < mulaw.length; at += PIECE) {
        byte[] piece = Arrays.copyOfRange(mulaw, at, Math.min(mulaw.length, at + PIECE));
        out.addAll(parts.playback().play(turn, piece));
      }
      if (utterances.tryEmitNext(new Utterance(now, place, turn, mulaw)).isFailure()) {
        understood(new Utterance(now, place, turn, mulaw), Supervision.NOT_UNDERSTOOD);
      }
      seen.tryEmitNext(patience());
      return new Done(Settled.done(), out);
    });
  }

  /// Whoever has just spoken is waited for once that was heard.
  private Duration patience() {
    return parts.patience().plusMillis(parts.playback().bufferedMillis());
  }

  /// The agent has the call again and knows what was said.
  Mono<Settled> handBack() {
    return Flux.interval(Duration.ZERO, LOOK)
        .take(UNDERSTANDING.dividedBy(LOOK))
        .takeUntil(_ -> {
          Supervision now = current;
          return now == null || now.isUnderstood();
        })
        .then(order(() -> handBack("asked")));
  }

  private Done handBack(String reason) {
    Supervision now = current;
    if (now == null) {
      return Done.refused(Why.NOT_TAKEN_OVER);
    }
    if (!now.unfinished().isBlank()) {
      callerSaid(now, now.unfinished());
    }
    current = null;
    seen.tryEmitNext(Duration.ZERO);
    parts.transcript().turnOver();
    parts.line().offer(new ToAgent.HandedBack(now.meanwhile()));
    parts.evidence().handedBack(reason, now.utterances());
    now.end();
    return new Done(Settled.done(), List.of());
  }

  private Mono<Settled> order(Supplier<Done> what) {
    return Mono.defer(() -> {
      Sinks.One<Settled> told = Sinks.one();
      boolean given =
          orders.give(() -> {
            Done done = what.get();
            told.tryEmitValue(done.settled());
            return done.out();
          });
      Mono<Settled> otherwise = ended.asMono().then(Mono.just(Settled.refused(Why.CALL_ENDED)));
      return given
          ? Mono.firstWithSignal(told.asMono(), otherwise)
          : Mono.just(Settled.refused(Why.LINE_BUSY));
    });
  }

  /// Nothing more is done.
  void end() {
    ended.tryEmitEmpty();
  }

  /// @param payload a frame of the caller's
  /// @return what the agent hears instead
  byte[] hear(byte[] payload) {
    Supervision now = current;
    if (now == null) {
      return payload;
    }
    now.hear(payload);
    return Ear.SILENCE;
  }

  /// What becomes of what the agent does while it is to be silent.
  void swallow(FromAgent event) {
    switch (event) {
      case FromAgent.Audio audio -> parts.playback().skip(audio);
      case FromAgent.ToolCall call -> parts.tools().refuse(call);
      case FromAgent.FellBack(var stage, var used, var reason) ->
          parts.evidence().fellBack(stage, used, reason);
      // What had been said before the agent was silenced.
      case FromAgent.CallerSaid(var text) -> {
        Supervision now = current;
        if (now != null) {
          callerSaid(now, text);
        }
      }
      case FromAgent.Ready _,
          FromAgent.Answering _,
          FromAgent.Announced _,
          FromAgent.Interruption _,
          FromAgent.AgentSaid _,
          FromAgent.AgentCorrected _,
          FromAgent.Working _,
          FromAgent.Waiting _,
          FromAgent.Goodbye _ -> {}
    }
  }

  /// The agent's end, or its loss, when nobody has the call in its place any more.
  Flux<FromAgent> outlast(Flux<FromAgent> agent) {
    return agent
        .concatWith(Mono.defer(() -> over().then(Mono.empty())))
        .onErrorResume(e -> over().then(Mono.error(e)));
  }

  private Mono<Void> over() {
    Supervision now = current;
    return now == null ? Mono.empty() : now.over();
  }

  /// Understands what is said and misses who is gone. Never completes.
  Mono<Void> running() {
    return Mono.deferContextual(context -> {
      Scheduler thread = Orders.thread(context);
      return Flux.merge(
              supervisions
                  .asFlux()
                  .switchMap(each ->
                      Flux.merge(listen(each, thread), remind()).takeUntilOther(each.over())),
              utterances.asFlux().flatMap(each -> words(each, thread), UNDERSTOOD_AT_ONCE),
              seen.asFlux()
                  .switchMap(wait -> wait.isZero() ? Flux.never() : Flux.interval(wait, REMINDER))
                  .onBackpressureDrop()
                  .doOnNext(_ -> orders.give(() -> handBack("supervisor_gone").out())))
          .then();
    });
  }

  private Flux<Long> remind() {
    return Flux.interval(REMINDER)
        .onBackpressureDrop()
        .doOnNext(_ -> parts.line().offer(new ToAgent.TakenOver()));
  }

  private Flux<Heard> listen(Supervision now, Scheduler thread) {
    return parts
        .ear()
        .listen(now.callersVoice())
        .publishOn(thread, 1)
        .doOnNext(heard -> {
          switch (heard) {
            case Heard.Started _ -> {}
            case Heard.Partial(var text) -> {
              now.callerSays(text);
              parts.onWords().run();
            }
            case Heard.Committed(var text) -> {
              if (!text.isBlank()) {
                callerSaid(now, text);
                parts.onWords().run();
              }
            }
          }
        })
        .onErrorResume(
            AgentException.class,
            e -> {
              parts.evidence().fellBack("stt", "nothing", e.reason());
              return Flux.empty();
            });
  }

  private void callerSaid(Supervision now, String text) {
    now.callerSaid(text);
    parts.transcript().callerSaid(text);
  }

  private Mono<String> words(Utterance utterance, Scheduler thread) {
    return parts
        .ear()
        .words(utterance.mulaw())
        .publishOn(thread)
        .onErrorResume(
            AgentException.class,
            e -> {
              parts.evidence().fellBack("stt", "nothing", e.reason());
              return Mono.empty();
            })
        .filter(text -> !text.isBlank())
        .defaultIfEmpty(Supervision.NOT_UNDERSTOOD)
        .doOnNext(text -> understood(utterance, text));
  }

  private void understood(Utterance utterance, String text) {
    utterance.of().supervisorSaid(utterance.place(), text);
    parts.transcript().understood(utterance.turn(), text);
  }
}
