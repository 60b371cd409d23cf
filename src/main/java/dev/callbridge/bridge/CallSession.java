package dev.callbridge.bridge;

import dev.callbridge.agent.Agent;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.call.Ending;
import dev.callbridge.call.Latency;
import dev.callbridge.steering.Settled;
import dev.callbridge.steering.Settled.Why;
import dev.callbridge.twilio.FromTwilio;
import dev.callbridge.twilio.ToTwilio;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// One phone call joined to one agent conversation, for as long as both last.
///
/// ## When the other side is slow
///
/// The caller cannot be slowed: that direction drops its oldest audio ([CallerLine]). The agent can
/// be, so the way back has no buffer: demand from Twilio's socket reaches the agent's.
///
/// ## Termination
///
/// Whichever side ends first ends the other. The caller hanging up closes the conversation at once,
/// also while it is still being opened. The agent ending it lets what it said play out first.
/// [#bridge] completes after an ending that somebody wanted, and fails after a loss; either way
/// what happened has been given to the evidence once.
final class CallSession {

  /// For an agent that is slow to take what an operator has for it.
  static final Duration TELLING = Duration.ofSeconds(2);

  private final Clock clock = Clock.systemUTC();
  private final Agent agent;
  private final Introduction introduction;
  private final Terms terms;
  private final SessionEvidence evidence;
  private final Transcript transcript;
  private final Playback playback;
  private final FirstHeard firstHeard;
  private final CallerLine line;
  private final LinePulse pulse;
  private final DeadAir deadAir;
  private final Silence silence;
  private final @Nullable Hearing hearing;
  private final RelayMeters meters;
  private final VoiceTimes times;
  private final LevelMeter levels;
  private final ToolCalls tools;
  private final SessionEnd end = new SessionEnd();
  private final Orders orders = new Orders();
  private final TakeOver takeOver;
  private final String streamSid;

  private volatile boolean ready;
  private boolean spoke;
  private volatile long lastSpoke;

  private long droppedFrames;
  private volatile @Nullable Throwable failure;

  CallSession(
      Agent agent,
      Introduction introduction,
      Terms terms,
      String streamSid,
      int firstTurn,
      SessionEvidence evidence,
      LinePulse pulse,
      @Nullable Hearing hearing,
      RelayMeters meters,
      ToolDesk desk,
      LevelMeter levels,
      Ear ear) {
    this.agent = agent;
    this.introduction = introduction;
    this.terms = terms;
    this.streamSid = streamSid;
    this.evidence = evidence;
    this.pulse = pulse;
    this.hearing = hearing;
    this.deadAir = new DeadAir(terms.deadAir(), System::nanoTime);
    this.silence = new Silence(terms.silence(), System::nanoTime);
    this.transcript =
        new Transcript(firstTurn, clock, evidence::turn, millis -> meters.stage("played", millis));
    this.firstHeard = new FirstHeard(streamSid, clock, System::nanoTime);
    this.meters = meters;
    this.levels = levels;
    this.times = new VoiceTimes(meters, System::nanoTime);
    this.lastSpoke = System.nanoTime();
    this.line =
        new CallerLine(
            () -> {
              droppedFrames++;
              meters.droppedFrames.increment();
            },
            System::nanoTime,
            nanos -> meters.toAgent.record(nanos, TimeUnit.NANOSECONDS));
    this.playback = new Playback(streamSid, transcript, System::nanoTime, this::played);
    this.tools = new ToolCalls(desk, evidence, deadAir, line);
    this.takeOver =
        new TakeOver(
            orders,
            new TakeOver.Parts(
                playback,
                transcript,
                line,
                tools,
                evidence,
                ear,
                terms.supervisor(),
                silence::broken));
  }

  /// Carries the caller's voice to the agent and the agent's voice back. May be called once.
  Flux<ToTwilio> bridge(Flux<FromTwilio> caller) {
    return bridge(caller, Mono.never());
  }

  /// @param hungUp completes when the call is to end, where the line cannot say so itself
  Flux<ToTwilio> bridge(Flux<FromTwilio> caller, Mono<Void> hungUp) {
    return Flux.defer(
            () -> {
              evidence.agentConnecting(introduction.agentId());
              return agent.converse(introduction, line);
            })
        .transform(takeOver::outlast)
        .takeUntilOther(end.afterGoodbye())
        .takeUntilOther(end.afterLastWords(() -> lastSpoke))
        .doOnError(this::lost)
        .concatMapIterable(this::react, 1)
        .doOnNext(times::left)
        .transform(orders::among)
        .concatWith(Flux.defer(this::playOut))
        // Told to end, this cancels the agent. A failure would pass the agent by.
        .takeUntilOther(
            Mono.firstWithSignal(
                    listen(caller),
                    end.atLimit(terms.maxDuration()),
                    tools.answering(),
                    takeOver.running(),
                    hungUp.doOnSuccess(
                        _ -> end.because(Ending.CALLER_HUNG_UP, "hang_up_requested")))
                .onErrorResume(e -> {
                  failure = e;
                  return Mono.empty();
                }))
        .concatWith(Mono.defer(() -> failure == null ? Mono.empty() : Mono.error(failure)))
        .doFinally(_ -> finish());
  }

  /// Ends when the caller does; fails when the line does.
  private Mono<Void> listen(Flux<FromTwilio> caller) {
    // Lets nothing pass: what ignores elements asks for the whole context to discard each of them.
    Mono<Void> listening =
        caller
            .<Void>handle((message, ending) -> {
              hear(message);
              if (message instanceof FromTwilio.Stop) {
                ending.complete();
              }
            })
            .then();
    return Mono.firstWithSignal(listening, pulse.lost(this::watch))
        .doOnError(this::lost)
        .doOnSuccess(_ -> end.because(Ending.LINE_LOST, "closed_without_stop"));
  }

  /// Nothing more is owed once it is ending.
  private void watch() {
    if (!end.isNear()) {
      meters.waitingFrames.record(line.waitingFrames());
      meters.playbackMillis.record(playback.bufferedMillis());
      deadAir.check();
      if (playback.bufferedMillis() > 0) {
        silence.broken();
      } else if (silence.isTooLong()) {
        end.silent();
      }
      if (hearing != null) {
        hearing.tick();
      }
    }
  }

  /// Fifty times a second, on the thread of the caller's socket.
  void hear(FromTwilio.Media media) {
    byte[] payload = media.media().payload();
    if (streamSid.equals(media.streamSid()) && !"outbound".equals(media.media().track())) {
      pulse.beat();
      if (hearing != null) {
        hearing.sound(payload);
      }
      levels.callerSaid(payload);
      line.offer(new ToAgent.Audio(takeOver.hear(payload)));
      heard(firstHeard.callerHeard());
    }
  }

  private void hear(FromTwilio message) {
    switch (message) {
      case FromTwilio.Media media -> hear(media);
      case FromTwilio.Mark(_, _, var mark) ->
          heard(firstHeard.markReturned(mark.name(), playback.markReturned(mark.name())));
      case FromTwilio.Dtmf(_, _, var press) -> {
        if (press.digit().matches("[0-9A-D#*]")) {
          silence.broken();
          evidence.pressed(press.digit());
          line.offer(new ToAgent.Pressed(press.digit()));
        }
      }
      case FromTwilio.Start start -> {
        if (!streamSid.equals(start.stream())) {
          throw new LineException(Ending.LINE_REFUSED, "second_start");
        }
      }
      case FromTwilio.Stop _ -> end.because(Ending.CALLER_HUNG_UP, "stop");
      case FromTwilio.Connected _, FromTwilio.Unrecognized _ -> {}
    }
  }

  private void played(FromAgent.Audio audio) {
    if (agent.followsPlayback()) {
      line.offer(new ToAgent.Played(audio.eventId()));
    }
  }

  private void heard(@Nullable Instant sent) {
    if (sent != null) {
      evidence.firstAgentAudio(sent);
    }
  }

  private List<ToTwilio> react(FromAgent event) {
    if (takeOver.isOn()) {
      takeOver.swallow(event);
      return List.of();
    }
    if (!(event instanceof FromAgent.Waiting)) {
      silence.broken();
    }
    return switch (event) {
      case FromAgent.Ready(var conversationId) -> {
        ready = true;
        evidence.agentConnected(conversationId);
        if (terms.agentBegins()) {
          deadAir.owed();
        }
        yield List.of();
      }
      case FromAgent.Audio audio -> {
        spoke = true;
        lastSpoke = System.nanoTime();
        List<ToTwilio> played = playback.play(audio);
        if (played.isEmpty()) {
          yield played;
        }
        levels.agentSaid(audio);
        deadAir.spoken();
        @Nullable Latency latency = times.arrived();
        if (latency != null) {
          transcript.answered(latency);
        }
        yield firstHeard.playing(played);
      }
      case FromAgent.Answering stages -> {
        times.answering(stages);
        yield List.of();
      }
      case FromAgent.Announced(var progress) -> {
        evidence.announced(progress);
        yield List.of();
      }
      case FromAgent.FellBack(var stage, var used, var reason) -> {
        evidence.fellBack(stage, used, reason);
        yield List.of();
      }
      case FromAgent.Interruption interruption -> {
        firstHeard.cleared();
        levels.agentSilenced();
        yield playback.interrupt(interruption);
      }
      case FromAgent.CallerSaid(var text) -> {
        transcript.callerSaid(text);
        if (hearing != null) {
          hearing.words(text);
        }
        // Over the agent's own words it is no question, or one that is being answered.
        if (!playback.isPlaying()) {
          deadAir.owed();
          times.understood();
        }
        yield List.of();
      }
      case FromAgent.AgentSaid(var text) -> {
        transcript.agentSaid(text);
        yield List.of();
      }
      case FromAgent.AgentCorrected(var text) -> {
        transcript.agentCorrected(text);
        yield List.of();
      }
      case FromAgent.ToolCall call -> {
        tools.asked(call);
        yield List.of();
      }
      case FromAgent.Working _ -> {
        deadAir.working();
        yield List.of();
      }
      case FromAgent.Waiting _ -> {
        deadAir.settled();
        yield List.of();
      }
      case FromAgent.Goodbye _ -> {
        end.goodbye();
        yield List.of();
      }
    };
  }

  /// Plays a sound to the caller, μ-law 8 kHz, behind what the agent has said.
  ///
  /// @return false when too many wait to be played, or nobody hears them any more
  boolean play(byte[] sound) {
    return orders.give(() -> playback.play(sound));
  }

  /// Somebody is to speak in the agent's place.
  Mono<Settled> takeOver(String by) {
    return agent.mayBeTakenOver()
        ? takeOver.begin(by, this::silenced)
        : Mono.just(Settled.refused(Why.ANNOUNCEMENT));
  }

  private void silenced() {
    deadAir.settled();
    firstHeard.takenOver();
    levels.agentSilenced();
  }

  /// What whoever has taken it over does in it.
  TakeOver takenOver() {
    return takeOver;
  }

  /// The agent is there, and nobody has ended this yet.
  boolean isOn() {
    return ready && !end.isNear();
  }

  /// Whether the agent has taken it. What it does not take in time is taken back.
  Mono<Boolean> tell(ToAgent message) {
    return line.tell(message).timeout(TELLING, Mono.fromSupplier(() -> !line.withdraw(message)));
  }

  /// The agent wants the call to end, and may not have said its last word yet.
  void leave() {
    end.leave(Ending.AGENT_ENDED, "end_call");
  }

  /// The same, and then a person is rung.
  ///
  /// @return false when it is ending already, another way
  boolean transfer() {
    return end.leave(Ending.TRANSFERRED, "transferred");
  }

  /// Somebody asks what comes after the stream.
  boolean mayBeTransferred() {
    return !evidence.isFinal();
  }

  /// The agent is done: what it said is heard to its end.
  private Flux<ToTwilio> playOut() {
    end.because(
        spoke ? Ending.AGENT_ENDED : Ending.AGENT_LOST, spoke ? "agent_closed" : "no_audio");
    return playback.played().thenMany(Flux.empty());
  }

  private void lost(Throwable e) {
    end.lost(e, ready);
  }

  private void finish() {
    // Cancelled from outside: the socket was gone before anybody had said anything.
    end.because(Ending.LINE_LOST, "connection_dropped");
    line.hangUp();
    playback.cutOff();
    transcript.close();
    takeOver.end();
    evidence.ended(end.ending(), end.reason(), droppedFrames);
  }
}
