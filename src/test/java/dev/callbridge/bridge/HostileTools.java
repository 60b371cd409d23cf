package dev.callbridge.bridge;

import dev.callbridge.testing.HostileService;
import dev.callbridge.testing.StampedAgents.ToolCall;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.test.context.DynamicPropertyRegistry;
import reactor.core.publisher.Flux;

/// Tools by configuration whose service does not mean well, and all that agents call of them. A
/// tool that only fails is left alone after ten times, so there are enough of each kind to reach
/// the service each time.
final class HostileTools implements AutoCloseable {

  static final List<String> KINDS =
      List.of(
          "ok",
          "hang",
          "broken",
          "reset",
          "big",
          "bomb",
          "drip",
          "redirect",
          "loop",
          "late",
          "html",
          "garbage",
          "headers",
          "no");

  /// The longest that a tool of these has.
  static final Duration DEADLINE = Duration.ofSeconds(8);

  private static final List<String> TOO_LATE = List.of("hang", "drip", "late");
  private static final int USES = 10;

  private final HostileService service = new HostileService();
  private final List<String> names;

  /// @param calls of tools, all in all
  HostileTools(int calls) {
    names =
        IntStream.rangeClosed(0, calls / (KINDS.size() * USES))
            .boxed()
            .flatMap(i -> KINDS.stream().map(kind -> kind + "_" + i))
            .toList();
  }

  void configure(DynamicPropertyRegistry settings) {
    settings.add("callbridge.tools.private-addresses", () -> true);
    settings.add("callbridge.tools.hosts", () -> "127.0.0.1");
    settings.add("callbridge.assistants.default.tools", () -> String.join(",", names));
    for (String name : names) {
      String tool = "callbridge.tools.http." + name.replace('_', '-') + ".";
      settings.add(tool + "description", () -> "Asks.");
      settings.add(tool + "parameters", () -> "{\"type\":\"object\",\"properties\":{}}");
      settings.add(tool + "url", () -> service.url("/" + kind(name)));
      settings.add(
          tool + "deadline",
          () -> TOO_LATE.contains(kind(name)) ? Duration.ofSeconds(1) : DEADLINE);
    }
  }

  /// Those of one conversation, evenly spread over the time it takes.
  ///
  /// @param before how many there are in other conversations before it
  static Flux<ToolCall> called(int before, int count, Duration time) {
    return Flux.interval(time.dividedBy(count))
        .onBackpressureBuffer(count)
        .take(count)
        .map(i -> call(before + i.intValue()));
  }

  private static ToolCall call(int which) {
    String kind = KINDS.get(which % KINDS.size());
    return new ToolCall(kind + "-" + which, kind + "_" + which / (KINDS.size() * USES));
  }

  static List<String> ids(int before, int count) {
    return IntStream.range(before, before + count).mapToObj(i -> call(i).id()).toList();
  }

  /// Of a tool, or of a tool call.
  static String kind(String name) {
    return name.split("[_-]", 2)[0];
  }

  /// How often the service was asked, by kind.
  Map<String, Long> asked() {
    return service.requests.stream()
        .map(request -> request.split(" ")[1].substring(1))
        .collect(Collectors.groupingBy(kind -> kind, Collectors.counting()));
  }

  @Override
  public void close() {
    service.close();
  }
}
