package dev.callbridge.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One core for the relay and another for the tool and its database, so that neither is measured in
/// the other's time. Both are -1 where that is not possible.
record Cores(int relay, int tool) {

  private static final Path STATUS = Path.of("/proc/self/status");

  boolean pinned() {
    return tool >= 0;
  }

  /// What to put before a command to keep it on the relay's core.
  List<String> relayPrefix() {
    return pinned() ? List.of("taskset", "-c", String.valueOf(relay)) : List.of();
  }

  /// Moves this process, every thread of it and so whatever it starts, to the tool's core.
  static Cores claim() {
    List<Integer> allowed = allowed();
    if (allowed.size() < 2) {
      System.out.println(
          "NOT PINNED: only one core (or not Linux). Relay and load share it, so the figures say"
              + " little.");
      return new Cores(-1, -1);
    }
    var cores = new Cores(allowed.get(0), allowed.get(1));
    if (!pin(cores.tool())) {
      System.out.println("NOT PINNED: taskset does not work here. Expect noisy figures.");
      return new Cores(-1, -1);
    }
    System.out.printf(
        "relay on core %d, tool and database on core %d%n", cores.relay(), cores.tool());
    return cores;
  }

  private static boolean pin(int core) {
    String pid = String.valueOf(ProcessHandle.current().pid());
    try {
      Process taskset =
          new ProcessBuilder("taskset", "-a", "-p", "-c", String.valueOf(core), pid)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return taskset.waitFor(5, TimeUnit.SECONDS) && taskset.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static List<Integer> allowed() {
    var cores = new ArrayList<Integer>();
    String list = status("Cpus_allowed_list");
    for (String range : list == null ? new String[0] : list.split(",")) {
      String[] ends = range.strip().split("-");
      for (int core = Integer.parseInt(ends[0]);
          core <= Integer.parseInt(ends[ends.length - 1]);
          core++) {
        cores.add(core);
      }
    }
    return cores;
  }

  private static @Nullable String status(String name) {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(name + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }
}
