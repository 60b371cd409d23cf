package dev.callbridge.diagnostics;

import java.net.URI;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What others have written, fit to be shown: short, printable, and without what may be secret.
final class Text {

  private static final int LONGEST = 120;

  private Text() {}

  static String of(@Nullable String text) {
    if (text == null) {
      return "nothing";
    }
    String plain = text.replaceAll("[^\\p{Print}]", "?");
    return plain.length() > LONGEST ? plain.substring(0, LONGEST) + "..." : plain;
  }

  /// Scheme, host, port and path: a query or a user may hold a password.
  static String of(@Nullable URI url) {
    if (url == null) {
      return "nothing";
    } else if (url.getHost() == null) {
      return "something that is no URL of a host";
    }
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    return of(url.getScheme() + "://" + url.getHost() + port + path);
  }

  static String list(Collection<String> names) {
    return names.stream().map(Text::of).limit(20).collect(Collectors.joining(", "));
  }
}
