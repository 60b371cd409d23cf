package dev.callbridge.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The table of faults, written by the tests that make them: each keeps its own part, and the whole
/// is written again whenever a part has changed.
final class FaultTable {

  private static final Path TARGET = Path.of("target");
  private static final Path PARTS = TARGET.resolve("faults");

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
    F1 to F30 the agent, F31 to F54 the telephone, F55 to F66 the database, F67 to F70 the process.

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
    return Files.exists(PARTS.resolve("process.part"))
        ? ""
        : "\nF55, F56, F59 and F67 to F70 were not part of this run: `ProcessFaultTests` makes them.\n";
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
    - F82 in part: webhooks that come again (`PostCallWebhookTests`, `VoiceWebhookTests`); not fifty at a time.

    Made nowhere:

    - F18, F41 in part: packets that the kernel drops, which is no right of a test. A proxy takes what is sent and loses it, so that it is
      acknowledged, and `TCP_USER_TIMEOUT` is set and never runs out.
    - F44: both sides closing in the same millisecond, a thousand times.
    - F61: a path to the database that is dead without a word.
    - F57, F58, F60, F62, F64, F65, F66: a database that is restarted a hundred times, slow, out of connections, read-only, of another version, or late
      with its acknowledgement. Its being away and being frozen are in the table.
    - F80: more calls than are admitted. No load is made here.
    - F81: all agents lost at once and gone for five seconds.
    """;
  }
}
