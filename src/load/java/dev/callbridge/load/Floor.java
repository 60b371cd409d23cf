package dev.callbridge.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What a machine charges for carrying the audio of calls and nothing else: as many pairs of
/// sockets, each frame read once and written once, and nothing in between. By this, figures of one
/// machine, or of one hour of it, can be held against another's.
final class Floor {

  /// Twenty milliseconds of a caller, as Twilio sends them.
  private static final int FRAME_BYTES = 385;

  private static final long FRAME_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /// A quarter of a second of an agent that speaks half of the time: one for so many frames.
  private static final int CHUNK_BYTES = 2_760;

  private static final int FRAMES_PER_CHUNK = 25;

  private static final int WARMUP_SECONDS = 10;
  private static final int BUFFER_BYTES = 8_192;

  private record Pair(SocketChannel caller, SocketChannel agent) {}

  private Floor() {}

  static int run(Options options, Cores cores) throws IOException, InterruptedException {
    var command = new ArrayList<>(cores.relayPrefix());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Floor.class.getName(),
            String.valueOf(options.calls())));
    Process relay =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (Selector selector = Selector.open();
        var lines = relay.inputReader(StandardCharsets.US_ASCII)) {
      int port = Integer.parseInt(lines.readLine());
      List<Pair> calls = connect(port, options.calls(), selector);
      send(calls, selector, WARMUP_SECONDS);
      Usage start = Usage.now(relay.pid(), cores);
      long frames = send(calls, selector, options.seconds());
      Usage used = Usage.now(relay.pid(), cores).since(start);
      System.out.printf(
          "%nthe floor for %d calls: %.3f ms per call-second, %.0f %% of a core"
              + " (%d frames of a caller, %d of an agent)%n",
          options.calls(),
          used.relay() / (options.calls() * used.millis() / 1_000),
          100 * used.relay() / used.millis(),
          frames,
          frames / FRAMES_PER_CHUNK);
      return 0;
    } finally {
      relay.destroyForcibly();
    }
  }

  private static List<Pair> connect(int port, int calls, Selector selector) throws IOException {
    var pairs = new ArrayList<Pair>();
    for (int i = 0; i < calls; i++) {
      SocketChannel caller = open(port);
      SocketChannel agent = open(port);
      caller.register(selector, SelectionKey.OP_READ);
      agent.register(selector, SelectionKey.OP_READ);
      pairs.add(new Pair(caller, agent));
    }
    return pairs;
  }

  private static SocketChannel open(int port) throws IOException {
    var socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true).configureBlocking(false);
    return socket;
  }

  /// The frames of all callers, spread evenly over the twenty milliseconds.
  private static long send(List<Pair> calls, Selector selector, int seconds) throws IOException {
    ByteBuffer frame = ByteBuffer.allocateDirect(FRAME_BYTES);
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    ByteBuffer heard = ByteBuffer.allocateDirect(BUFFER_BYTES);
    long start = System.nanoTime();
    long apart = FRAME_NANOS / calls.size();
    long sent = 0;
    for (long now = 0; now < TimeUnit.SECONDS.toNanos(seconds); now = System.nanoTime() - start) {
      for (; sent * apart <= now; sent++) {
        long index = sent % calls.size();
        Pair call = calls.get((int) index);
        call.caller().write(frame.clear());
        if ((sent / calls.size() + index) % FRAMES_PER_CHUNK == 0) {
          call.agent().write(chunk.clear());
        }
      }
      selector.select(key -> read(key, heard), 1);
    }
    return sent;
  }

  private static void read(SelectionKey key, ByteBuffer heard) {
    try {
      ((SocketChannel) key.channel()).read(heard.clear());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The relay: tells its port, takes pairs of sockets and carries from each to the other.
  public static void main(String[] arguments) throws IOException {
    int calls = Integer.parseInt(arguments[0]);
    try (Selector selector = Selector.open();
        var server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
      System.out.println(server.socket().getLocalPort());
      for (int i = 0; i < calls; i++) {
        SocketChannel caller = accept(server);
        SocketChannel agent = accept(server);
        caller.register(selector, SelectionKey.OP_READ, agent);
        agent.register(selector, SelectionKey.OP_READ, caller);
      }
      ByteBuffer frame = ByteBuffer.allocateDirect(BUFFER_BYTES);
      while (selector.isOpen()) {
        selector.select(key -> carry(key, frame));
      }
    }
  }

  private static SocketChannel accept(ServerSocketChannel server) throws IOException {
    SocketChannel socket = server.accept();
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true).configureBlocking(false);
    return socket;
  }

  /// Until the other side is gone.
  private static void carry(SelectionKey key, ByteBuffer frame) {
    try {
      if (((SocketChannel) key.channel()).read(frame.clear()) < 0) {
        System.exit(0);
      }
      ((SocketChannel) key.attachment()).write(frame.flip());
    } catch (IOException e) {
      System.exit(0);
    }
  }
}
