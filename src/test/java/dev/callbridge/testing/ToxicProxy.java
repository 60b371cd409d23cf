package dev.callbridge.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A TCP path between two peers on this machine that can be made slow, dead or closed while
/// connections are open. What is sent is passed on as it is and in its order.
public final class ToxicProxy implements AutoCloseable {

  private static final int PIECE = 16 * 1024;

  /// Pieces that may be under way in one direction; a sender of more waits.
  private static final int UNDER_WAY = 4_096;

  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final InetSocketAddress target;
  private final ServerSocket server;
  private final Set<Path> paths = ConcurrentHashMap.newKeySet();
  private final AtomicLong accepted = new AtomicLong();
  private volatile Duration replyDelay = Duration.ZERO;
  private volatile boolean refusing;
  private volatile boolean swallowing;

  private ToxicProxy(InetSocketAddress target, ServerSocket server) {
    this.target = target;
    this.server = server;
  }

  /// Listens at a free port of this machine for what is meant for that port of it.
  public static ToxicProxy before(int port) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    ToxicProxy proxy =
        new ToxicProxy(new InetSocketAddress(here, port), new ServerSocket(0, 1_000, here));
    Thread.ofVirtual().name("toxic-accept").start(proxy::accept);
    return proxy;
  }

  public int port() {
    return server.getLocalPort();
  }

  /// Connections that were opened so far, those that were turned away included.
  public long accepted() {
    return accepted.get();
  }

  /// Whatever the target says arrives that much later, from now on. What it is told arrives at
  /// once.
  public void delayReplies(Duration delay) {
    replyDelay = delay;
  }

  /// Half-open: all that is sent on open and new connections is taken and goes nowhere, and nobody
  /// hears of it. Those connections stay so for good; ones that are opened after [#heal] work.
  public void swallow() {
    swallowing = true;
    paths.forEach(path -> path.isDead = true);
  }

  /// Resets all connections, and every new one.
  public void cut() {
    refusing = true;
    paths.forEach(Path::reset);
  }

  /// New connections are as they should be again, and replies come at once.
  public void heal() {
    replyDelay = Duration.ZERO;
    refusing = false;
    swallowing = false;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        accepted.incrementAndGet();
        Thread.ofVirtual().name("toxic-path").start(() -> open(client));
      } catch (IOException e) {
        // Closed, or the client was gone before it was taken.
      }
    }
  }

  private void open(Socket client) {
    Path path = new Path(client, new Socket());
    paths.add(path);
    path.isDead = swallowing;
    if (refusing) {
      path.reset();
      return;
    }
    try {
      path.upstream.connect(target, Math.toIntExact(CONNECT.toMillis()));
      path.upstream.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      new Direction(path, client, path.upstream, false).start();
      new Direction(path, path.upstream, client, true).start();
    } catch (IOException e) {
      path.reset();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    paths.forEach(Path::reset);
  }

  /// A client's connection and the one that stands for it at the target.
  private final class Path {
    private final Socket client;
    private final Socket upstream;
    private volatile boolean isDead;

    Path(Socket client, Socket upstream) {
      this.client = client;
      this.upstream = upstream;
    }

    void reset() {
      paths.remove(this);
      for (Socket socket : new Socket[] {client, upstream}) {
        try {
          socket.setOption(StandardSocketOptions.SO_LINGER, 0);
          socket.close();
        } catch (IOException e) {
          // It was closed already, which is what is wanted.
        }
      }
    }
  }

  private record Piece(byte[] bytes, long due) {}

  /// One direction of a path: one thread reads and notes when each piece is due, one sends it then.
  private final class Direction {
    private static final Piece END = new Piece(new byte[0], 0);

    private final Path path;
    private final Socket from;
    private final Socket to;
    private final boolean isReply;
    private final BlockingQueue<Piece> underWay = new ArrayBlockingQueue<>(UNDER_WAY);

    Direction(Path path, Socket from, Socket to, boolean isReply) {
      this.path = path;
      this.from = from;
      this.to = to;
      this.isReply = isReply;
    }

    void start() {
      Thread.ofVirtual().name("toxic-read").start(this::read);
      Thread.ofVirtual().name("toxic-write").start(this::write);
    }

    private void read() {
      byte[] buffer = new byte[PIECE];
      try {
        try {
          InputStream in = from.getInputStream();
          for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            if (!path.isDead) {
              long wait = isReply ? replyDelay.toNanos() : 0;
              underWay.put(new Piece(Arrays.copyOf(buffer, read), System.nanoTime() + wait));
            }
          }
        } catch (IOException e) {
          path.reset();
        }
        underWay.put(END);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void write() {
      try {
        OutputStream out = to.getOutputStream();
        for (Piece piece = underWay.take(); piece != END; piece = underWay.take()) {
          TimeUnit.NANOSECONDS.sleep(Math.max(0, piece.due() - System.nanoTime()));
          if (!path.isDead) {
            out.write(piece.bytes());
            out.flush();
          }
        }
        // Who has hung up is not heard through a dead path either.
        if (!path.isDead) {
          path.reset();
        }
      } catch (IOException e) {
        path.reset();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
