package dev.callbridge.tools;

import io.netty.channel.ChannelOption;
import io.netty.resolver.AddressResolverGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/// The way out to other people's services: threads and connections of its own, apart from those
/// that carry voices, and to public addresses only. No proxy, no redirects, one try.
@Component
final class Egress implements DisposableBean {

  private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
  private static final int MAX_CONNECTIONS = 50;
  private static final int MAX_WAITING = 100;
  private static final Duration MAX_WAIT = Duration.ofSeconds(2);
  private static final Duration MAX_IDLE = Duration.ofSeconds(30);
  private static final int MAX_HEADER_BYTES = 16 * 1024;

  private final LoopResources threads = LoopResources.create("tools-http", 2, true);
  private final ConnectionProvider connections =
      ConnectionProvider.builder("tools")
          .maxConnections(MAX_CONNECTIONS)
          .pendingAcquireMaxCount(MAX_WAITING)
          .pendingAcquireTimeout(MAX_WAIT)
          .maxIdleTime(MAX_IDLE)
          .build();

  private final HttpClient client;

  @Autowired
  Egress(ToolSettings settings) {
    this(settings.privateAddresses() ? _ -> true : PublicAddress::is, null);
  }

  /// @param names resolves names, or null for the DNS
  Egress(Predicate<InetAddress> allowed, @Nullable AddressResolverGroup<InetSocketAddress> names) {
    HttpClient plain =
        HttpClient.create(connections)
            .runOn(threads)
            .noProxy()
            .followRedirect(false)
            .disableRetry(true)
            .compress(false)
            .httpResponseDecoder(spec -> spec.maxHeaderSize(MAX_HEADER_BYTES))
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS);
    client = plain.resolver(new GuardedResolver(names == null ? dns(plain) : names, allowed));
  }

  HttpClient client() {
    return client;
  }

  @SuppressWarnings("unchecked") // Names resolve to nothing else.
  private static AddressResolverGroup<InetSocketAddress> dns(HttpClient plain) {
    return (AddressResolverGroup<InetSocketAddress>)
        Objects.requireNonNull(
            plain.resolver(spec -> spec.queryTimeout(MAX_WAIT)).configuration().resolver());
  }

  @Override
  public void destroy() {
    connections.dispose();
    threads.dispose();
  }
}
