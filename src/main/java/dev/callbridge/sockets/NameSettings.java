package dev.callbridge.sockets;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where the vendors' names are looked up.
///
/// @param servers asked instead of those of this machine, such as `10.0.0.53` or `10.0.0.53:5353`
@ConfigurationProperties("callbridge.names")
record NameSettings(@DefaultValue List<String> servers) {

  private static final Pattern SERVER = Pattern.compile("([0-9.]+)(?::(\\d{1,5}))?");
  private static final int DNS = 53;

  NameSettings {
    servers = List.copyOf(servers);
    servers.forEach(NameSettings::address);
  }

  List<InetSocketAddress> addresses() {
    return servers.stream().map(NameSettings::address).toList();
  }

  private static InetSocketAddress address(String server) {
    Matcher parts = SERVER.matcher(server);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "a name server is an IPv4 address with or without a port, not '" + server + "'");
    }
    int port = parts.group(2) == null ? DNS : Integer.parseInt(parts.group(2));
    return new InetSocketAddress(InetAddress.ofLiteral(parts.group(1)), port);
  }
}
