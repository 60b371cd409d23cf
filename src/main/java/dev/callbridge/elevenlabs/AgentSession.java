package dev.callbridge.elevenlabs;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.sockets.Uncancelled;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/// One conversation on one open socket: keeps its pulse, answers its pings, says how it ended.
final class AgentSession {

  /// Pongs that may wait for a socket that does not take them; a flood of pings gets no more.
  private static final int MAX_WAITING_PONGS = 64;

  /// Pings that are answered in a second. An agent pings every other second.
  private static final int MAX_PINGS = 50;

  private static final Duration PING_INTERVAL = Duration.ofSeconds(4);

  /// Not a frame in this long, our pings unanswered: nobody is there.
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(AgentSession.class);

  private final Connection connection;
  private final WebsocketInbound in;
  private final WebsocketOutbound out;
  private final ByteBufAllocator allocator;
  private final Scheduler timer;
  private final ServerEvents events;
  private final Limit pings = new Limit(MAX_PINGS, Duration.ofSeconds(1));
  private final Counter pingsDropped;
  private final Sinks.Many<Supplier<WebSocketFrame>> pongs =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_WAITING_PONGS));

  /// Opened by the metadata, which says in which format the agent listens.
  private final Sinks.Empty<Void> listening = Sinks.empty();

  AgentSession(Connection connection, MeterRegistry meters) {
    this.connection = connection;
    this.in = (WebsocketInbound) connection.inbound();
    this.out = (WebsocketOutbound) connection.outbound();
    this.allocator = connection.channel().alloc();
    this.timer = Schedulers.fromExecutorService(connection.channel().eventLoop());
    this.events = new ServerEvents(meters);
    this.pingsDropped = meters.counter("callbridge.agent.pings.dropped");
  }

  Flux<FromAgent> talk(Introduction introduction, Flux<ToAgent> caller) {
    Flux<WebSocketFrame> frames =
        in.aggregateFrames(ElevenLabsAgent.MAX_FRAME_BYTES).receiveFrames();
    return new Uncancelled<>(frames)
        .<FromAgent>handle(this::receive)
        .concatWith(ending())
        .timeout(Mono.delay(ElevenLabsAgent.METADATA_TIMEOUT), _ -> Mono.never(), tooLate())
        .takeUntilOther(Mono.firstWithSignal(speak(introduction, caller), silence()))
        .onErrorMap(e -> !(e instanceof AgentException), e -> new AgentException(lost(e)));
  }

  private void receive(WebSocketFrame frame, SynchronousSink<FromAgent> sink) {
    if (frame instanceof TextWebSocketFrame) {
      switch (events.read(frame.content())) {
        case ServerEvents.Event.Speak(var event) -> sink.next(event);
        case ServerEvents.Event.Ready(var event) -> {
          sink.next(event);
          listening.tryEmitEmpty();
        }
        case ServerEvents.Event.Ping(long id) -> answer(() -> text(events.pong(id, allocator)));
        case ServerEvents.Event.Nothing _ -> {}
      }
    } else if (frame instanceof PingWebSocketFrame) {
      byte[] content = ByteBufUtil.getBytes(frame.content());
      answer(() -> new PongWebSocketFrame(Unpooled.wrappedBuffer(content)));
    } else if (!(frame instanceof PongWebSocketFrame)) {
      events.malformed();
    }
  }

  private void answer(Supplier<WebSocketFrame> pong) {
    if (!pings.allows(System.nanoTime()) || pongs.tryEmitNext(pong).isFailure()) {
      pingsDropped.increment();
    }
  }

  /// First the introduction, before any audio. Ends with a close frame when the caller has hung up.
  private Mono<Void> speak(Introduction introduction, Flux<ToAgent> caller) {
    Flux<WebSocketFrame> heartbeat =
        Flux.interval(PING_INTERVAL, timer).onBackpressureDrop().map(_ -> new PingWebSocketFrame());
    // Neither pongs nor pings end by themselves: the caller's end is the end of all three.
    Sinks.Empty<Void> hungUp = Sinks.empty();
    Flux<WebSocketFrame> upkeep =
        Flux.merge(
            Mono.fromSupplier(() -> text(AgentCodec.introduce(introduction, allocator))),
            Flux.merge(pongs.asFlux().map(Supplier::get), heartbeat)
                .takeUntilOther(hungUp.asMono()));
    Mono<Void> voice =
        listening
            .asMono()
            .then(
                Mono.defer(() ->
                    CallerVoice.write(
                        heard(introduction, caller), new Encoder(), connection.channel())))
            .doOnSuccess(_ -> hungUp.tryEmitEmpty());
    // A socket that the agent has closed ends the sending too. Only its close says how it ended.
    return Mono.when(
            voice,
            out.sendObject(upkeep)
                .then()
                .onErrorComplete(e -> e instanceof IOException || e instanceof AbortedException))
        .then(Mono.defer(() -> out.sendClose(1000, "hung up")));
  }

  /// An agent that takes up a lost call must know of it before it hears more.
  private static Flux<ToAgent> heard(Introduction introduction, Flux<ToAgent> caller) {
    @Nullable String soFar = introduction.soFar();
    return soFar == null ? caller : caller.startWith(new ToAgent.Context(soFar, "so_far"));
  }

  private final class Encoder implements CallerVoice.Encoder {

    private final AudioFrames frames = new AudioFrames();

    @Override
    public @Nullable ByteBuf sound(ToAgent message) {
      return message instanceof ToAgent.Audio(var payload) && events.listensAsIs()
          ? frames.of(payload, allocator)
          : null;
    }

    @Override
    public WebSocketFrame frame(ToAgent message) {
      return text(events.encode(message, allocator));
    }
  }

  private Mono<Void> silence() {
    return Mono.create(sink ->
        connection.onReadIdle(
            SILENCE.toMillis(), () -> sink.error(new AgentException("agent_silent"))));
  }

  /// Only 1000 after the agent was ready is an ending; every other one is a loss.
  private Mono<FromAgent> ending() {
    return in.receiveCloseStatus()
        .timeout(CLOSE_TIMEOUT, Mono.just(WebSocketCloseStatus.ABNORMAL_CLOSURE))
        .defaultIfEmpty(WebSocketCloseStatus.ABNORMAL_CLOSURE)
        .flatMap(status -> events.ended(status.code()));
  }

  /// Closes the socket for good, with a close frame where one can still be sent.
  static Mono<Void> hangUp(Connection connection) {
    return close(connection, 1000, "hung up");
  }

  /// The same after a failure: an agent that does not keep to the protocol is told so.
  static Mono<Void> giveUp(Connection connection, Throwable e) {
    return e instanceof AgentException lost && lost.reason().equals(ServerEvents.MALFORMED)
        ? close(connection, 1008, lost.reason())
        : hangUp(connection);
  }

  private static Mono<Void> close(Connection connection, int code, String why) {
    return ((WebsocketOutbound) connection.outbound())
        .sendClose(code, why)
        // A socket that is let go of while the agent still talks is reset, and its close is lost.
        .then(connection.onDispose())
        .timeout(CLOSE_TIMEOUT)
        .onErrorComplete()
        .doFinally(_ -> connection.dispose());
  }

  private static Flux<FromAgent> tooLate() {
    return Flux.error(() -> new AgentException("metadata_timeout"));
  }

  private static String lost(Throwable e) {
    return switch (e) {
      case io.netty.handler.codec.TooLongFrameException _ -> "oversized_message";
      case CorruptedWebSocketFrameException frame
          when WebSocketCloseStatus.MESSAGE_TOO_BIG.equals(frame.closeStatus()) ->
          "oversized_message";
      case io.netty.handler.codec.CorruptedFrameException _ -> "corrupt_frame";
      case IOException _ -> "connection_lost";
      case AbortedException _ -> "connection_lost";
      default -> {
        LOG.warn("agent socket failed", e);
        yield "failed";
      }
    };
  }

  private static WebSocketFrame text(ByteBuf json) {
    return new TextWebSocketFrame(json);
  }
}
