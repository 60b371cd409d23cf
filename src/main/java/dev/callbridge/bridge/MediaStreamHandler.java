package dev.callbridge.bridge;

import dev.callbridge.agent.Agent;
import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.Introduction;
import dev.callbridge.announcements.Announcements;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.call.Call;
import dev.callbridge.call.Carrier;
import dev.callbridge.call.Ending;
import dev.callbridge.call.EvidenceWriter;
import dev.callbridge.call.HangUps;
import dev.callbridge.call.InstanceLease;
import dev.callbridge.call.LiveCalls;
import dev.callbridge.call.Turn;
import dev.callbridge.call.VoiceLevels;
import dev.callbridge.machines.Machines;
import dev.callbridge.own.OwnAgents;
import dev.callbridge.sockets.Channels;
import dev.callbridge.sockets.Reach;
import dev.callbridge.speech.SpeechToText;
import dev.callbridge.speech.SpeechToText.Listening;
import dev.callbridge.twilio.FromTwilio;
import dev.callbridge.twilio.MediaStreamCodec;
import dev.callbridge.twilio.ToTwilio;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/// One media socket, from its upgrade to its close: waits for the stream to say which call it is,
/// then hands over to that call's session.
@Component
class MediaStreamHandler {

  static final int MAX_FRAME_BYTES = 64 * 1024;

  /// From the upgrade to `start`.
  static final Duration START_TIMEOUT = Duration.ofSeconds(5);

  private static final String TRANSCRIBER = "scribe_v2_realtime";
  private static final Duration END_OF_WORDS = Duration.ofMillis(600);

  /// Agent audio in the kernel is audio that nobody plays: a few seconds' worth. A socket that
  /// takes nothing shows once that is full, where the kernel's own idea holds minutes.
  private static final int SEND_BUFFER_BYTES = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(MediaStreamHandler.class);

  private final Agent agent;
  private final OwnAgents ownAgents;
  private final Announcements announcements;
  private final Introductions introductions;
  private final Assistants assistants;
  private final LiveCalls live;
  private final EvidenceWriter writer;
  private final InstanceLease lease;
  private final Machines machines;
  private final HangUps hangUps;
  private final RelayMeters meters;
  private final ToolDesks desks;
  private final LiveSessions sessions;
  private final VoiceLevels levels;
  private final SpeechToText ear;

  MediaStreamHandler(
      Agent agent,
      OwnAgents ownAgents,
      Announcements announcements,
      Introductions introductions,
      Assistants assistants,
      LiveCalls live,
      EvidenceWriter writer,
      InstanceLease lease,
      Machines machines,
      HangUps hangUps,
      RelayMeters meters,
      ToolDesks desks,
      LiveSessions sessions,
      VoiceLevels levels,
      SpeechToText ear) {
    this.agent = agent;
    this.ownAgents = ownAgents;
    this.announcements = announcements;
    this.introductions = introductions;
    this.assistants = assistants;
    this.live = live;
    this.writer = writer;
    this.lease = lease;
    this.machines = machines;
    this.hangUps = hangUps;
    this.meters = meters;
    this.desks = desks;
    this.sessions = sessions;
    this.levels = levels;
    this.ear = ear;
    MediaStreamCodec.learn();
  }

  /// Says which call a stream is, once it has started. Empty or an error refuses the stream.
  interface Admission {
    Mono<AdmittedCall> admit(FromTwilio.Start start);

    /// Whose stream it will be, where its address says so.
    default @Nullable UUID callId() {
      return null;
    }
  }

  /// @param session 1 for a call's first stream
  /// @param isFinal nobody will ask what comes after the stream: the TwiML is not ours, or there is
  ///   none
  record AdmittedCall(Call call, int session, boolean isFinal) {

    boolean isBrowser() {
      return call.plan().carrier() == Carrier.BROWSER;
    }

    /// A browser call's variables were given, and checked, when it was asked for.
    Map<String, String> parameters(FromTwilio.Start start) {
      return isBrowser() ? Map.of() : start.parameters();
    }
  }

  Mono<Void> handle(WebsocketInbound in, WebsocketOutbound out, Admission admission) {
    Channel channel = Channels.of(in);
    channel.config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES);
    Reach.bound(channel);
    MediaStreamCodec codec = new MediaStreamCodec();
    CallerFrames frames = new CallerFrames(codec, meters.malformedFrames);
    AtomicBoolean started = new AtomicBoolean();
    Flux<ToTwilio> voice =
        frames
            .of(in)
            .skipUntil(FromTwilio.Start.class::isInstance)
            .switchOnFirst((first, caller) -> {
              if (!(first.get() instanceof FromTwilio.Start start)) {
                return Flux.<ToTwilio>empty();
              }
              started.set(true);
              return join(start, caller, frames, admission, channel);
            })
            .takeUntilOther(startDeadline(started))
            .contextWrite(context -> context.put(EventLoop.class, channel.eventLoop()));
    return out.sendObject(
            voice.map(message -> new TextWebSocketFrame(codec.encode(message, channel.alloc()))))
        .then()
        .then(Mono.defer(() -> out.sendClose(1000, "the call is over")))
        .onErrorResume(e -> close(out, e));
  }

  private Flux<ToTwilio> join(
      FromTwilio.Start start,
      Flux<FromTwilio> caller,
      CallerFrames frames,
      Admission admission,
      Channel channel) {
    String stream = start.stream();
    String callSid = start.start().callSid();
    if (stream == null || callSid == null || !stream.matches("[A-Za-z0-9_-]{1,64}")) {
      return Flux.error(new LineException(Ending.LINE_REFUSED, "start_without_ids"));
    }
    return admission
        .admit(start)
        .switchIfEmpty(
            Mono.error(() -> new LineException(Ending.LINE_REFUSED, "start_of_another_call")))
        .flatMapMany(admitted -> {
          Assistant assistant = assistants.of(admitted.call().plan().assistant());
          return introductions
              .of(admitted, assistant, admitted.parameters(start), callSid)
              .flatMapMany(introduction ->
                  session(
                      admitted, assistant, introduction, stream, callSid, caller, frames, channel));
        });
  }

  private Flux<ToTwilio> session(
      AdmittedCall admitted,
      Assistant assistant,
      Introduction introduction,
      String stream,
      String callSid,
      Flux<FromTwilio> caller,
      CallerFrames frames,
      Channel channel) {
    Call call = admitted.call();
    Terms terms =
        new Terms(
            call.plan().maxDuration(),
            assistant.deadAir(),
            assistant.silence(),
            introduction.firstMessage() == null
                ? assistant.greets()
                : !introduction.firstMessage().isEmpty(),
            TakeOver.PATIENCE);
    SessionEvidence evidence =
        new SessionEvidence(
            call.id(), admitted.session(), admitted.isFinal(), writer, Clock.systemUTC());
    LevelMeter meter = new LevelMeter(levels, System::nanoTime);
    CallSession session =
        new CallSession(
            agent(assistant),
            introduction,
            terms,
            stream,
            (admitted.session() - 1) * Turn.PER_SESSION,
            evidence,
            new LinePulse(
                () -> unsentBytes(channel),
                live::areToEnd,
                Schedulers.fromExecutorService(channel.eventLoop())),
            hearing(admitted, evidence),
            meters,
            desks.of(call.id(), assistant),
            meter,
            ear(assistant, introduction));
    LiveCalls.Connection connection =
        new LiveCalls.Connection(call.id(), callSid, stream, Clock.systemUTC().instant());
    return Flux.using(
        () -> {
          evidence.mediaConnected(admitted.isBrowser() ? null : callSid, stream, lease.id());
          sessions.enter(call.id(), session);
          levels.enter(call.id(), meter);
          frames.listen(session::hear);
          return live.enter(connection);
        },
        replaced -> session.bridge(caller, hangUp(admitted)).takeUntilOther(replaced),
        _ -> {
          frames.deafen();
          sessions.leave(call.id(), session);
          levels.leave(call.id(), meter);
          live.leave(connection);
        });
  }

  private Agent agent(Assistant assistant) {
    if (assistant.announcement() != null) {
      return announcements.of(assistant.announcement());
    }
    return assistant.own() == null ? agent : ownAgents.of(assistant, assistant.own());
  }

  /// Who is heard while a person has the call.
  private Ear ear(Assistant assistant, Introduction introduction) {
    Listening how =
        new Listening(
            assistant.own() == null ? TRANSCRIBER : assistant.own().transcriptionModel(),
            END_OF_WORDS,
            introduction.language());
    return voice -> voice.publish(heard -> ear.keepListening(how, heard, () -> {}), 1);
  }

  /// Twilio ends a call that it is asked to end. Nobody does that for a browser's.
  private Mono<Void> hangUp(AdmittedCall admitted) {
    return admitted.isBrowser() ? hangUps.requested(admitted.call().id()) : Mono.never();
  }

  /// Who answered shows in the first minute of the call, if at all, and is listened for where that
  /// was asked.
  private @Nullable Hearing hearing(AdmittedCall admitted, SessionEvidence evidence) {
    return admitted.call().plan().machineDetection() && admitted.session() == 1
        ? new Hearing(what -> machines.consider(evidence.heard(what)), System::nanoTime)
        : null;
  }

  private static Mono<Void> startDeadline(AtomicBoolean started) {
    return Mono.delay(START_TIMEOUT)
        .flatMap(_ ->
            started.get()
                ? Mono.never()
                : Mono.error(new LineException(Ending.LINE_REFUSED, "no_start")));
  }

  /// An end in words. Whatever the reason, Twilio then asks what comes next.
  private static Mono<Void> close(WebsocketOutbound out, Throwable e) {
    return switch (e) {
      case LineException line when line.ending() == Ending.LINE_REFUSED -> {
        LOG.warn("media stream refused: {}", line.reason());
        yield out.sendClose(1008, line.reason());
      }
      case LineException line when line.ending() == Ending.INTERRUPTED ->
          out.sendClose(1001, "going away");
      case LineException line -> out.sendClose(1011, line.reason());
      case AgentException agent -> out.sendClose(1011, agent.reason());
      // The socket was gone already: nobody is left to tell.
      case AbortedException _ -> Mono.empty();
      default -> {
        LOG.warn("media stream failed", e);
        yield out.sendClose(1011, "failed");
      }
    };
  }

  private static long unsentBytes(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }
}
