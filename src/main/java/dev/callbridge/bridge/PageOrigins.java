package dev.callbridge.bridge;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Where our pages are served, as browsers write it in an `Origin`. This machine has several names
/// for itself, which mean the same server.
record PageOrigins(Set<String> origins) {

  private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "localhost", "[::1]");

  static PageOrigins of(URI publicOrigin) {
    String scheme = publicOrigin.getScheme().toLowerCase(Locale.ROOT);
    String host = publicOrigin.getHost().toLowerCase(Locale.ROOT);
    int standard = scheme.equals("https") ? 443 : 80;
    String port =
        publicOrigin.getPort() == -1 || publicOrigin.getPort() == standard
            ? ""
            : ":" + publicOrigin.getPort();
    Set<String> hosts = THIS_MACHINE.contains(host) ? THIS_MACHINE : Set.of(host);
    return new PageOrigins(
        hosts.stream()
            .map(name -> scheme + "://" + name + port)
            .collect(Collectors.toUnmodifiableSet()));
  }

  boolean include(String origin) {
    return origins.contains(origin);
  }
}
