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

/// What a machine charges for the caller's frames alone: as many sockets, each frame read once and
/// written once, and nothing in between. No relay costs less here, whatever it is written in, and
/// one machine's figures can be held against another's.
final class Floor {

  private static final int FRAME_BYTES = 385;
  private static final long FRAME_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final int WARMUP_SECONDS = 5;
  private static final int BUFFER_BYTES = 4_096;

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
    try (Selector selector = Selector.open()) {
      int port;
      try (var lines = relay.inputReader(StandardCharsets.US_ASCII)) {
        port = Integer.parseInt(lines.readLine());
      }
      List<SocketChannel> callers = connect(port, options.calls(), selector);
      send(callers, selector, WARMUP_SECONDS);
      Usage start = Usage.now(relay.pid(), cores);
      long frames = send(callers, selector, options.seconds());
      Usage used = Usage.now(relay.pid(), cores).since(start);
      System.out.printf(
          "%nthe floor: %d calls, %d frames of %d bytes read and written once each:"
              + " %.3f ms per call-second, %.0f %% of a core%n",
          options.calls(),
          frames,
          FRAME_BYTES,
          used.relay() / (options.calls() * used.millis() / 1_000),
          100 * used.relay() / used.millis());
      return 0;
    } finally {
      relay.destroyForcibly();
    }
  }

  /// Pairs of sockets, one to send on and one that is listened to.
  private static List<SocketChannel> connect(int port, int calls, Selector selector)
      throws IOException {
    var callers = new ArrayList<SocketChannel>();
    for (int i = 0; i < calls; i++) {
      callers.add(open(port));
      SocketChannel agent = open(port);
      agent.configureBlocking(false);
      agent.register(selector, SelectionKey.OP_READ);
    }
    return callers;
  }

  private static SocketChannel open(int port) throws IOException {
    var socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  /// The frames of all callers, spread evenly over the twenty milliseconds.
  private static long send(List<SocketChannel> callers, Selector selector, int seconds)
      throws IOException {
    ByteBuffer frame = ByteBuffer.allocateDirect(FRAME_BYTES);
    ByteBuffer heard = ByteBuffer.allocateDirect(BUFFER_BYTES);
    long start = System.nanoTime();
    long apart = FRAME_NANOS / callers.size();
    long sent = 0;
    for (long now = 0; now < TimeUnit.SECONDS.toNanos(seconds); now = System.nanoTime() - start) {
      for (; sent * apart <= now; sent++) {
        callers.get((int) (sent % callers.size())).write(frame.clear());
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

  /// The relay: tells its port, takes pairs of sockets and carries from the first to the second.
  public static void main(String[] arguments) throws IOException {
    int calls = Integer.parseInt(arguments[0]);
    try (Selector selector = Selector.open();
        var server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
      System.out.println(server.socket().getLocalPort());
      for (int i = 0; i < calls; i++) {
        SocketChannel from = server.accept();
        SocketChannel to = server.accept();
        to.setOption(StandardSocketOptions.TCP_NODELAY, true);
        from.configureBlocking(false);
        from.register(selector, SelectionKey.OP_READ, to);
      }
      ByteBuffer frame = ByteBuffer.allocateDirect(BUFFER_BYTES);
      while (selector.isOpen()) {
        selector.select(key -> carry(key, frame));
      }
    }
  }

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
