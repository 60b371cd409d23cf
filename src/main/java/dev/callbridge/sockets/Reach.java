package dev.callbridge.sockets;

import io.netty.channel.Channel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.NameResolverProvider.NameResolverSpec;

/// How vendors are reached: what Reactor Netty waits for by itself is either endless or longer than
/// a caller does.
@Component
public final class Reach {

  /// One query to one name server. The next one is asked after that.
  static final Duration QUERY_TIMEOUT = Duration.ofSeconds(1);

  static final Duration TLS_HANDSHAKE_TIMEOUT = Duration.ofSeconds(3);

  /// What was sent and not acknowledged in this long is lost, and the connection with it.
  private static final int UNACKNOWLEDGED_MILLIS = 10_000;

  private static final boolean NATIVE = Epoll.isAvailable() && LoopResources.DEFAULT_NATIVE;

  private final List<InetSocketAddress> nameServers;

  @Autowired
  Reach(NameSettings names) {
    this(names.addresses());
  }

  private Reach(List<InetSocketAddress> nameServers) {
    this.nameServers = nameServers;
  }

  /// With the name servers of this machine.
  public static Reach usual() {
    return new Reach(List.of());
  }

  /// The client with a bound on each step to a connection, and on how long one may be dead without
  /// a word. Certificates are checked, names included, as they are by default: nothing here says
  /// which are good.
  public HttpClient bounded(HttpClient client) {
    HttpClient bounded =
        client
            .resolver(this::names)
            .secure(tls ->
                tls.sslContext(Http11SslContextSpec.forClient())
                    .handshakeTimeout(TLS_HANDSHAKE_TIMEOUT));
    return NATIVE
        ? bounded.option(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS)
        : bounded;
  }

  /// The same bound for a connection that somebody made to us.
  public static void bound(Channel channel) {
    if (NATIVE) {
      channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS);
    }
  }

  private void names(NameResolverSpec spec) {
    spec.queryTimeout(QUERY_TIMEOUT);
    if (!nameServers.isEmpty()) {
      spec.dnsAddressResolverGroupProvider(builder ->
          new DnsAddressResolverGroup(
              builder.nameServerProvider(
                  new SequentialDnsServerAddressStreamProvider(nameServers))));
    }
  }
}
