package dev.callbridge.assistants;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where callers may be looked up. Whoever may change an assistant does not decide where we send
/// requests to, nor learns what shows there who we are.
///
/// @param hosts the only ones that are asked
/// @param loopback whether plain HTTP to this machine will do, which is for the sandbox
public record LookupSettings(
    @DefaultValue List<Host> hosts, @DefaultValue("false") boolean loopback) {

  /// @param header sent along, with that value
  public record Host(String host, @Nullable String header, @Nullable String value) {

    @Override
    public String toString() {
      return host;
    }
  }

  Optional<Host> host(URI url) {
    return hosts.stream().filter(it -> it.host().equalsIgnoreCase(url.getHost())).findFirst();
  }

  /// What is wrong with an address to look callers up at.
  Optional<String> problem(URI url) {
    boolean secure = "https".equals(url.getScheme());
    boolean local =
        loopback
            && "http".equals(url.getScheme())
            && ("127.0.0.1".equals(url.getHost()) || "localhost".equals(url.getHost()));
    if (url.getHost() == null || url.getUserInfo() != null || url.getFragment() != null) {
      return Optional.of("is not a URL such as https://crm.example.com/callers");
    } else if (!secure && !local) {
      return Optional.of("is not https");
    } else if (host(url).isEmpty()) {
      return Optional.of("is not at a host of callbridge.lookup.hosts");
    }
    return Optional.empty();
  }
}
