package dev.callbridge.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/// Addresses of this machine where nobody is.
final class DeadPorts implements AutoCloseable {

  private static final int ENOUGH_MILLIS = 300;
  private static final int MOST = 64;

  private final ServerSocket full;
  private final List<Socket> waiting = new ArrayList<>();
  private final Socket refused;

  DeadPorts() throws IOException {
    this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /// @param silent where nobody is to answer
  DeadPorts(InetSocketAddress silent) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    full = new ServerSocket(silent.getPort(), 1, silent.getAddress());
    fill();
    // Bound and not listening: the kernel refuses, and gives the port to nobody else.
    refused = new Socket();
    refused.bind(new InetSocketAddress(here, 0));
  }

  /// Nobody accepts here, and once the queue is full the kernel drops what wants in.
  private void fill() throws IOException {
    for (int i = 0; i < MOST; i++) {
      Socket socket = new Socket();
      waiting.add(socket);
      try {
        socket.connect(full.getLocalSocketAddress(), ENOUGH_MILLIS);
      } catch (SocketTimeoutException e) {
        return;
      }
    }
    throw new IOException("the queue of " + full + " does not get full");
  }

  /// A connection is refused at once.
  String refusing() {
    return "127.0.0.1:" + refused.getLocalPort();
  }

  /// A connection is not answered.
  String silent() {
    return "127.0.0.1:" + full.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : waiting) {
      socket.close();
    }
    full.close();
    refused.close();
  }
}
