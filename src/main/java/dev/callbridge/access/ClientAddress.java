package dev.callbridge.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/// Where a request comes from, as far as limits are concerned.
@Component
final class ClientAddress {

  private static final int NETWORK_BYTES = 8;

  private final int proxies;

  ClientAddress(AccessSettings settings) {
    proxies = settings.proxies();
  }

  /// Behind proxies it is what the outermost of them saw: each adds a last entry, and what stands
  /// before theirs anybody can write. Of an IPv6 address it is the network, since whoever has one
  /// address has all of those.
  String of(ServerHttpRequest request) {
    List<String> forwarded =
        request.getHeaders().getOrEmpty("X-Forwarded-For").stream()
            .flatMap(header -> Arrays.stream(header.split(",")))
            .map(String::strip)
            .toList();
    if (proxies > 0 && forwarded.size() >= proxies) {
      try {
        return of(InetAddress.ofLiteral(forwarded.get(forwarded.size() - proxies)));
      } catch (IllegalArgumentException e) {
        // A proxy that writes no address: the proxy's own then.
        return direct(request);
      }
    }
    return direct(request);
  }

  private static String direct(ServerHttpRequest request) {
    var remote = request.getRemoteAddress();
    return remote == null || remote.getAddress() == null ? "unknown" : of(remote.getAddress());
  }

  private static String of(InetAddress address) {
    return address instanceof Inet6Address
        ? HexFormat.ofDelimiter(":").formatHex(address.getAddress(), 0, NETWORK_BYTES) + "::/64"
        : address.getHostAddress();
  }
}
