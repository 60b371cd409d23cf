package dev.callbridge.sandbox.twilio;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// One bidirectional Media Stream, seen from Twilio's side of the socket.
///
/// It ends once, whoever ends it: the server closes the socket ([#serverClosed]), the handshake or
/// the protocol fails ([#failed]), the person's line breaks ([#drop]), or the call moves on
/// ([#finish]), and only the last says `stop`. [#run] completes in every case.
final class MediaStream {
  private enum State {
    CONNECTING,
    OPEN,
    OVER
  }

  private final SandboxCall call;
  private final Line line;
  private final StreamTarget target;
  private final StreamEvents events;
  private final StreamWriter writer;
  private final FromServer.Reader reader;
  private final Sinks.Empty<Void> over = Sinks.empty();
  private final Sinks.Empty<Void> resumed = Sinks.empty();
  private volatile State state = State.CONNECTING;
  private volatile boolean reading = true;

  // Guarded by this.
  private final Playback playback = new Playback();
  private final Set<Integer> raised = new HashSet<>();
  private @Nullable Channel channel;

  MediaStream(SandboxCall call, Line line, StreamTarget target, StreamEvents events) {
    this.call = call;
    this.line = line;
    this.target = target;
    this.events = events;
    this.writer = new StreamWriter(call.accountSid(), call.callSid(), target.streamSid());
    this.reader = new FromServer.Reader(target.streamSid());
  }

  StreamTarget target() {
    return target;
  }

  /// Runs the stream for as long as it lasts; cancelling it ends the stream with a `stop`.
  ///
  /// @param through host and port to dial it at, null for those of its URL
  Mono<Void> run(StreamDialer dialer, @Nullable String through) {
    return Mono.defer(() -> {
      dialer.open(this, through);
      return over.asMono().doOnCancel(this::finish);
    });
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  /// Completes when the stream is over, for a dialler that must not wait for ever.
  Mono<Void> over() {
    return over.asMono();
  }

  /// Completes when the next message may be read.
  Mono<Void> mayRead() {
    return reading ? Mono.empty() : resumed.asMono();
  }

  void opened(Channel socket) {
    synchronized (this) {
      channel = socket;
      if (state == State.OVER) {
        close(socket);
        return;
      }
      write(StreamWriter.CONNECTED);
      write(writer.start(target.parameters()));
      state = State.OPEN;
    }
    call.note("stream", "open " + target.streamSid() + " " + target.url());
    events.started(target);
    line.attach(this);
  }

  /// Plays the next frame into `frame` and returns how many bytes of it are sound.
  synchronized int play(byte[] frame) {
    if (state != State.OPEN) {
      return 0;
    }
    echo(playback.takeReached());
    return playback.drain(frame);
  }

  synchronized void send(byte[] frame) {
    // A closed channel is not writable either, and its end is reported by its own event.
    if (state != State.OPEN || channel == null || !channel.isActive()) {
      return;
    }
    if (channel.isWritable()) {
      write(writer.media(frame));
    } else {
      writer.skip(1);
      warn(31930, "the server reads too slowly: caller audio is dropped");
    }
  }

  synchronized void skip(long frames) {
    writer.skip(frames);
  }

  synchronized void press(char digit) {
    if (state == State.OPEN) {
      write(writer.dtmf(digit));
    }
  }

  synchronized void receivedBinary(int bytes) {
    if (state == State.OPEN) {
      warn(31950, "a binary frame of " + bytes + " bytes");
    }
  }

  synchronized void received(String text) {
    if (state != State.OPEN) {
      return;
    }
    switch (reader.read(text)) {
      case FromServer.Media(byte[] audio) -> {
        var piece = new Piece(call.now(), audio);
        call.receives(piece);
        if (!playback.add(piece)) {
          warn(31931, "over ten minutes of audio are waiting: more is discarded");
        }
      }
      case FromServer.Mark(String name) -> {
        call.note("mark", "received " + name);
        echo(playback.mark(name));
      }
      case FromServer.Clear _ -> {
        call.note("clear", target.streamSid());
        echo(playback.clear());
      }
      case FromServer.NotConformant(String why) -> {
        call.note("dropped", why);
        warn(31951, why);
      }
    }
  }

  /// The socket is gone without our doing.
  ///
  /// @param code the close code, 1006 where there was no close frame
  void serverClosed(int code, String reason) {
    if (end()) {
      call.note("stream", "closed by the server: " + code + " " + reason);
      if (code == 1000) {
        events.stopped(target);
      } else {
        fault(31921, "Stream - WebSocket - Close Error: " + code + " " + reason);
      }
      over.tryEmitEmpty();
    }
  }

  void failed(int code, String why) {
    if (end()) {
      call.note("stream", "failed: " + why);
      fault(code, why);
      over.tryEmitEmpty();
    }
  }

  /// Ends the stream from Twilio's side: `stop`, then a close frame.
  void finish() {
    synchronized (this) {
      if (state == State.OPEN && channel != null) {
        write(writer.stop());
        close(channel);
      }
    }
    if (end()) {
      call.note("stream", "closed by Twilio: stop, 1000");
      events.stopped(target);
      over.tryEmitEmpty();
    }
  }

  /// Breaks the TCP connection. The fault is the line's, so it counts against nobody.
  void drop() {
    Channel socket;
    synchronized (this) {
      socket = channel;
    }
    if (end()) {
      if (socket != null) {
        socket.config().setOption(ChannelOption.SO_LINGER, 0);
        var _ = socket.close();
      }
      call.note("stream", "TCP connection dropped");
      events.failed(target, "31903 Stream - WebSocket - Connection Broken Pipe");
      over.tryEmitEmpty();
    }
  }

  void stopReading() {
    reading = false;
  }

  private boolean end() {
    synchronized (this) {
      if (state == State.OVER) {
        return false;
      }
      state = State.OVER;
      reading = true;
      playback.clear();
    }
    resumed.tryEmitEmpty();
    // Not while holding our lock: a line takes its own lock first, then ours.
    line.detach(this);
    return true;
  }

  private void fault(int code, String why) {
    call.verdict(code, why);
    events.failed(target, code + " " + why);
  }

  /// Twilio reports each warning once per stream.
  private void warn(int code, String why) {
    if (raised.add(code)) {
      call.verdict(code, why);
    }
  }

  private void echo(List<String> marks) {
    for (String name : marks) {
      call.note("mark", "echoed " + name);
      write(writer.mark(name));
    }
  }

  private void write(String message) {
    if (channel != null) {
      var _ = channel.writeAndFlush(new TextWebSocketFrame(message));
    }
  }

  private static void close(Channel channel) {
    var _ = channel.writeAndFlush(new CloseWebSocketFrame(1000, ""));
  }
}
