package dev.callbridge.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

@Timeout(30)
final class LingeringCloseTests {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final DisposableServer server =
      HttpServer.create()
          .host("127.0.0.1")
          .port(0)
          .route(routes ->
              routes.ws(
                  "/",
                  (in, out) -> {
                    in.withConnection(LingeringCloseTests::linger);
                    // As the media handler reads: what is not read any longer is not cancelled.
                    return new Uncancelled<>(in.receive())
                        .next()
                        .then(Mono.defer(() -> out.sendClose(1000, "over")));
                  }))
          .bindNow(SOON);

  private static void linger(Connection connection) {
    connection.channel().pipeline().addFirst(new LingeringClose());
  }

  @AfterEach
  void stop() {
    server.disposeNow(SOON);
  }

  /// The other side is in the middle of sending, and reads only later.
  @RepeatedTest(20)
  void theCloseFrameArrivesThoughMoreWasComingIn() throws Exception {
    try (Socket socket = upgraded()) {
      byte[] frame = maskedText(60_000);
      for (int i = 0; i < 40; i++) {
        socket.getOutputStream().write(frame);
      }

      byte[] heard = socket.getInputStream().readAllBytes();

      assertThat(heard).startsWith((byte) 0x88);
      assertThat(new String(heard, StandardCharsets.ISO_8859_1)).endsWith("over");
    }
  }

  @Test
  void whoDoesNotCloseIsNotWaitedForLong() throws Exception {
    try (Socket socket = upgraded()) {
      long begin = System.nanoTime();
      socket.getOutputStream().write(maskedText(10));
      assertThat(socket.getInputStream().readAllBytes()).startsWith((byte) 0x88);

      boolean reset = false;
      while (!reset && System.nanoTime() - begin < SOON.toNanos()) {
        try {
          socket.getOutputStream().write(maskedText(10));
          TimeUnit.MILLISECONDS.sleep(20);
        } catch (IOException e) {
          reset = true;
        }
      }
      assertThat(reset).as("the server has let go").isTrue();
    }
  }

  private Socket upgraded() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout((int) SOON.toMillis());
    socket
        .getOutputStream()
        .write(
            """
            GET / HTTP/1.1\r
            Host: 127.0.0.1\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            \r
            """
                .getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    assertThat(head.toString()).startsWith("HTTP/1.1 101");
    return socket;
  }

  private static byte[] maskedText(int length) {
    var frame = new ByteArrayOutputStream();
    frame.write(0x81);
    frame.write(0x80 | 126);
    frame.write(length >> 8);
    frame.write(length);
    frame.writeBytes(new byte[4]);
    frame.writeBytes("x".repeat(length).getBytes(StandardCharsets.US_ASCII));
    return frame.toByteArray();
  }
}
