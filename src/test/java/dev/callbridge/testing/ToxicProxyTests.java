package dev.callbridge.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A proxy that breaks nothing proves nothing about whoever is behind it.
@Timeout(30)
final class ToxicProxyTests {

  private ServerSocket echo;
  private ToxicProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
    proxy = ToxicProxy.before(echo.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
  }

  private void serve() {
    try {
      while (true) {
        Socket client = echo.accept();
        Thread.ofVirtual()
            .start(() -> {
              try (client) {
                client.getInputStream().transferTo(client.getOutputStream());
              } catch (IOException e) {
                // The test is over with it.
              }
            });
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(500);
    return socket;
  }

  private static int echoed(Socket socket) throws IOException {
    socket.getOutputStream().write(7);
    return socket.getInputStream().read();
  }

  @Test
  void passesOnAndIsLateOnlyWhileItIsMeantToBe() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echoed(socket)).isEqualTo(7);

      proxy.delayReplies(Duration.ofSeconds(1));
      assertThatThrownBy(() -> echoed(socket)).isInstanceOf(SocketTimeoutException.class);
      socket.setSoTimeout(10_000);
      assertThat(socket.getInputStream().read()).isEqualTo(7);

      proxy.heal();
      assertThat(echoed(socket)).isEqualTo(7);
    }
  }

  @Test
  void whatIsSwallowedStaysDeadAndWhatComesAfterItWorks() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echoed(socket)).isEqualTo(7);
      proxy.swallow();
      assertThatThrownBy(() -> echoed(socket)).isInstanceOf(SocketTimeoutException.class);
      try (Socket during = connect()) {
        assertThatThrownBy(() -> echoed(during)).isInstanceOf(SocketTimeoutException.class);
        proxy.heal();
        assertThatThrownBy(() -> echoed(during)).isInstanceOf(SocketTimeoutException.class);
      }
      assertThatThrownBy(() -> echoed(socket)).isInstanceOf(SocketTimeoutException.class);
      try (Socket after = connect()) {
        assertThat(echoed(after)).isEqualTo(7);
      }
    }
  }

  @Test
  void whatIsCutIsResetAndSoIsWhatComesUntilItHeals() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echoed(socket)).isEqualTo(7);
      proxy.cut();
      assertThatThrownBy(() -> echoed(socket)).isInstanceOf(IOException.class);
    }
    try (Socket turnedAway = connect()) {
      assertThatThrownBy(() -> echoed(turnedAway)).isInstanceOf(IOException.class);
    }
    proxy.heal();
    try (Socket after = connect()) {
      assertThat(echoed(after)).isEqualTo(7);
    }
  }
}
