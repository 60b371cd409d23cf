package dev.callbridge.load;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What to run, from system properties: `./mvnw -Pload -Dcalls=500 ...`. Empty means the default.
///
/// @param rehearsal seconds that another relay carries calls before, from whose experience the one
///   that is measured starts; 0 for none
record Options(
    int calls,
    int seconds,
    int warmup,
    int rehearsal,
    boolean search,
    int step,
    boolean profile,
    boolean selfcheck,
    boolean turns,
    boolean floor,
    String relayMain,
    List<String> relayJavaOptions,
    @Nullable URI relayUrl,
    long relayPid,
    String authToken,
    int port,
    Path classPathFile,
    Path output) {

  /// As many calls as the relay is told to admit.
  static final int MOST_CALLS = 5_000;

  static final int RINGS_PER_SECOND = 50;

  private static final int REHEARSAL_CALLS = 60;

  static Options fromSystemProperties() {
    String url = text("relay.url", "");
    var options =
        new Options(
            number("calls", flag("turns") ? 100 : 500, 1, MOST_CALLS),
            number("seconds", 30, 1, 3_600),
            number("warmup", 10, 0, 3_600),
            number("rehearsal", 0, 0, 3_600),
            flag("search"),
            number("step", 100, 1, MOST_CALLS),
            flag("profile"),
            flag("selfcheck"),
            flag("turns"),
            flag("floor"),
            text("relay.main", "dev.callbridge.CallbridgeApplication"),
            List.of(text("relay.java.opts", "").split("\\s+")).stream()
                .filter(option -> !option.isEmpty())
                .toList(),
            url.isEmpty() ? null : URI.create(url),
            number("relay.pid", 0, 0, Integer.MAX_VALUE),
            // Made up for a relay of ours; one that already runs was given this one.
            text("relay.token", UUID.randomUUID().toString().replace("-", "")),
            number("port", 0, 0, 65_535),
            Path.of(text("relay.classpath", "target/load/relay.classpath")),
            Path.of(text("output", "target/load")));
    if (options.relayUrl() != null && !isLoopback(options.relayUrl())) {
      throw new IllegalArgumentException("-Drelay.url must be on this machine, found " + url);
    }
    if (options.rehearsal() > 0 && options.relayUrl() != null) {
      throw new IllegalArgumentException("-Drehearsal needs a relay of its own, not -Drelay.url");
    }
    return options;
  }

  /// A few calls for as long as the rehearsal is to be, with more options for the relay's Java.
  Options forRehearsal(String... javaOptions) {
    return with(Math.min(calls, REHEARSAL_CALLS), 1, rehearsal, false, false, javaOptions);
  }

  Options afterRehearsal(String... javaOptions) {
    return with(calls, seconds, warmup, search, profile, javaOptions);
  }

  private Options with(
      int calls, int seconds, int warmup, boolean search, boolean profile, String... javaOptions) {
    return new Options(
        calls,
        seconds,
        warmup,
        0,
        search,
        step,
        profile,
        selfcheck,
        turns,
        floor,
        relayMain,
        Stream.concat(relayJavaOptions.stream(), Stream.of(javaOptions)).toList(),
        relayUrl,
        relayPid,
        authToken,
        port,
        classPathFile,
        output);
  }

  /// The benchmark never sends anything off this machine.
  static boolean isLoopback(URI url) {
    String host = url.getHost();
    return host != null && Set.of("127.0.0.1", "localhost").contains(host) && url.getPort() > 0;
  }

  private static String text(String name, String otherwise) {
    String value = System.getProperty(name, "").strip();
    return value.isEmpty() ? otherwise : value;
  }

  private static boolean flag(String name) {
    return text(name, "false").equals("true");
  }

  private static int number(String name, int otherwise, int least, int most) {
    int value = Integer.parseInt(text(name, String.valueOf(otherwise)));
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "-D%s must be from %d to %d, found %d".formatted(name, least, most, value));
    }
    return value;
  }
}
