package dev.callbridge.elevenlabs;

import dev.callbridge.sockets.Reach;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/// HTTP clients for what no caller waits for: a few connections at a time, and none of those that
/// signed URLs are asked for on.
final class RestClients {

  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
  private static final int MAX_CONNECTIONS = 8;
  private static final int MAX_WAITING = 100;

  private RestClients() {}

  /// @param timeout from the request to the first of the answer, and for a connection
  /// @param maxBytes a larger answer is not read
  static WebClient unhurried(String name, Duration timeout, int maxBytes, Reach reach) {
    ConnectionProvider pool =
        ConnectionProvider.builder("elevenlabs-" + name)
            .maxConnections(MAX_CONNECTIONS)
            .pendingAcquireMaxCount(MAX_WAITING)
            .pendingAcquireTimeout(timeout)
            .maxIdleTime(Duration.ofSeconds(30))
            .build();
    HttpClient http =
        reach
            .bounded(HttpClient.create(pool))
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .followRedirect(false)
            .responseTimeout(timeout);
    return WebClient.builder()
        .clientConnector(new ReactorClientHttpConnector(http))
        .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(maxBytes))
        .build();
  }
}
