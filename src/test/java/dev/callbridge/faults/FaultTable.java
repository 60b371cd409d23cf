package dev.callbridge.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The table of faults, written by the tests that make them: each keeps its own part, and the whole
/// is written again whenever a part has changed.
final class FaultTable {

  private static final Path TARGET = Path.of("target");
  private static final Path PARTS = TARGET.resolve("faults");

  private static final List<String> PROCESSES =
      Stream.of(
              ProcessFaultTests.class,
              PausedInstanceTests.class,
              DatabasePathTests.class,
              StrainedDatabaseTests.class,
              RefusingDatabaseTests.class,
              RestartedDatabaseTests.class,
              OverloadTests.class)
          .map(Class::getSimpleName)
          .toList();

  /// @param fault its number, or several
  record Entry(String fault, String injected, String expected, String observed, String spoken) {
    private String line() {
      return "| %s | %s | %s | %s | %s |"
          .formatted(fault, cell(injected), cell(expected), cell(observed), cell(spoken));
    }

    private static String cell(String text) {
      return text.replace("|", "\\|").replaceAll("\\s+", " ");
    }
  }

  private FaultTable() {}

  /// Replaces that part, and writes the whole to `target/faults.md`; and to where the system
  /// property `faults.table` says, if it says so.
  static void write(String part, List<Entry> entries) {
    try {
      Files.createDirectories(PARTS);
      Files.write(PARTS.resolve(part + ".part"), entries.stream().map(Entry::line).toList());
      String table = table();
      Files.writeString(TARGET.resolve("faults.md"), table);
      String copy = System.getProperty("faults.table", "");
      if (!copy.isEmpty()) {
        Files.writeString(Path.of(copy), table);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String table() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> parts = Files.list(PARTS)) {
      for (Path part : parts.filter(it -> it.toString().endsWith(".part")).toList()) {
        lines.addAll(Files.readAllLines(part));
      }
    }
    lines.sort(Comparator.comparingInt(FaultTable::number));
    return """
    # Faults

    What breaks, and what then becomes of the call. Written by `./mvnw verify -Pfaults`, which makes each fault against the running
    application over real sockets, eight at a time, each beside a call with nothing wrong that must be `COMPLETED` without a lost frame.
    Afterwards everything the simulated vendors wrote down is compared with the tables. The numbers are those of the fault catalogue:
    F1 to F30 the agent, F31 to F54 the telephone, F55 to F66 the database, F67 to F71 the process, F80 to F82 more at once than there is
    room for. From F55 on it is a process of its own that is broken, and a PostgreSQL of its own, one fault after the other. The moments of
    those are chance's, from a seed that each test prints: `-Dfaults.seed` gives the same ones again.

    `spoken within`: from when the agent was gone, or should have been there, to the first sentence the caller hears instead.

    | fault | injected | expected | observed | spoken within |
    |---|---|---|---|---|
    %s
    %s
    ## Not made here

    %s
    """
        .formatted(String.join("\n", lines), notMadeThisTime(), notMade());
  }

  private static String notMadeThisTime() {
    List<String> missing =
        PROCESSES.stream().filter(test -> !Files.exists(PARTS.resolve(test + ".part"))).toList();
    return missing.isEmpty()
        ? ""
        : "\nNot part of this run: %s.\n"
            .formatted(
                missing.stream().map(it -> "`" + it + "`").collect(Collectors.joining(", ")));
  }

  private static int number(String line) {
    return Integer.parseInt(line.replaceFirst("\\D+(\\d+).*", "$1"));
  }

  private static String notMade() {
    return """
    Made by other tests, in the plain `./mvnw verify`:

    - F33, F34, F35, F38, F39: frames that come twice, early, under another stream's name or are no frames (`HostileFramesTests`, `CallSessionTests`).
    - F36, F37: a ticket that is used, expired, another call's or a finished one's (`TicketTests`).
    - F45 in part: a status that comes again, late, or for a call that nobody knows (`VoiceWebhookTests`).
    - F50: a voice URL that is asked twice, or that breaks (`VoiceWebhookTests`).
    - F54: marks that never come back (`PlaybackTests`).
    - F63 in part: the same evidence many times at once, and many who want one task (`SchemaTests`, `TasksTests`).

    Made nowhere:

    - F18, F41 in part: packets that the kernel drops, which is no right of a test. A proxy takes what is sent and loses it, so that it is
      acknowledged, and `TCP_USER_TIMEOUT` is set and never runs out.
    - F72 to F79: a proxy in front of three instances, networks that are parted, clocks that jump, disks, file descriptors and memory that run
      out, event loops that are blocked.
    """;
  }
}
