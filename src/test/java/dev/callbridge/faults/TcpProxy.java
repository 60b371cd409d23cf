package dev.callbridge.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/// The network between two parties, for a test to break: bytes go through it as they are, until it
/// is told otherwise.
///
/// Each connection has a virtual thread per direction, so what one direction does not take, the
/// other side's kernel feels.
final class TcpProxy implements AutoCloseable {

  /// So small that a party notices within a second that nothing is taken.
  static final int SMALL = 4 * 1024;

  private static final int PIECE = 1_024;

  /// What becomes of the bytes of one direction.
  enum Weather {
    FINE,
    /// They are taken and lost, and no end of a connection gets through: a path that is dead
    /// without a word.
    LOST,
    /// Nothing is taken, and what is on its way waits.
    STUCK
  }

  private final ServerSocket server;
  private final InetSocketAddress upstream;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final int receiveBuffer;

  // Guarded by this.
  private Weather toUpstream = Weather.FINE;
  private Weather toClient = Weather.FINE;
  private int bytesPerSecond;
  private long bytesUntilStuck = Long.MAX_VALUE;
  private boolean closed;

  TcpProxy(URI upstream) throws IOException {
    this(upstream, 0);
  }

  /// @param receiveBuffer of the kernel, on both sides; 0 for its own idea
  TcpProxy(URI upstream, int receiveBuffer) throws IOException {
    this(upstream, receiveBuffer, new ServerSocket());
  }

  /// Speaks TLS to who comes, with that certificate, and none to the upstream.
  static TcpProxy secure(URI upstream, SSLContext certificate) throws IOException {
    return new TcpProxy(upstream, 0, certificate.getServerSocketFactory().createServerSocket());
  }

  private TcpProxy(URI upstream, int receiveBuffer, ServerSocket server) throws IOException {
    this.upstream = new InetSocketAddress(upstream.getHost(), upstream.getPort());
    this.receiveBuffer = receiveBuffer;
    this.server = server;
    if (receiveBuffer > 0) {
      server.setReceiveBufferSize(receiveBuffer);
    }
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofVirtual().start(this::accept);
  }

  String authority() {
    return "127.0.0.1:" + port();
  }

  int port() {
    return server.getLocalPort();
  }

  /// From now on, for the connections that are open too.
  synchronized void weather(Weather up, Weather down) {
    toUpstream = up;
    toClient = down;
    notifyAll();
  }

  /// How fast bytes go to the upstream, 0 for as fast as they can.
  synchronized void limit(int upBytesPerSecond) {
    bytesPerSecond = upBytesPerSecond;
  }

  /// Lets so much more through to the client, over all connections, and is stuck in that direction
  /// from then on.
  synchronized void stickAfter(long bytesToClient) {
    bytesUntilStuck = bytesToClient;
  }

  private synchronized void passed(int bytesToClient) {
    bytesUntilStuck -= bytesToClient;
    if (bytesUntilStuck <= 0) {
      toClient = Weather.STUCK;
    }
  }

  private void accept() {
    while (true) {
      try {
        Socket client = server.accept();
        Socket peer = new Socket();
        sockets.addAll(List.of(client, peer));
        if (receiveBuffer > 0) {
          peer.setReceiveBufferSize(receiveBuffer);
        }
        peer.connect(upstream);
        Thread.ofVirtual().start(() -> pump(client, peer, true));
        Thread.ofVirtual().start(() -> pump(peer, client, false));
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  private void pump(Socket from, Socket to, boolean up) {
    byte[] piece = new byte[PIECE];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      while (true) {
        awaitTaken(up);
        int length = in.read(piece);
        Weather weather = awaitTaken(up);
        if (weather == Weather.LOST) {
          if (length < 0) {
            return;
          }
        } else if (length < 0) {
          to.shutdownOutput();
          return;
        } else {
          out.write(piece, 0, length);
          if (up) {
            rest(length);
          } else {
            passed(length);
          }
        }
      }
    } catch (IOException e) {
      breakOff(from, to, up);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Weather awaitTaken(boolean up) throws InterruptedException {
    while (!closed && (up ? toUpstream : toClient) == Weather.STUCK) {
      wait();
    }
    return up ? toUpstream : toClient;
  }

  private void rest(int bytes) throws InterruptedException {
    int rate;
    synchronized (this) {
      rate = bytesPerSecond;
    }
    if (rate > 0) {
      TimeUnit.NANOSECONDS.sleep(bytes * 1_000_000_000L / rate);
    }
  }

  /// A reset goes on to the other side, where anything does.
  private void breakOff(Socket from, Socket to, boolean up) {
    Weather weather;
    synchronized (this) {
      weather = up ? toUpstream : toClient;
    }
    if (weather == Weather.FINE) {
      abort(from);
      abort(to);
    }
  }

  private static void abort(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // It is gone already, which is what was wanted.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    sockets.forEach(TcpProxy::abort);
  }

  @Override
  public String toString() {
    return "TcpProxy[" + authority() + " to " + upstream + "]";
  }
}
