package dev.callbridge.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The relay's JVM, asked from outside. Its last answer is kept in a file.
record Jcmd(long pid, Path log) {

  private static final long PATIENCE_SECONDS = 30;

  /// False where it cannot be asked, such as when its process is not known.
  boolean ask(String... command) throws InterruptedException {
    if (pid == 0) {
      return false;
    }
    var jcmd = new ArrayList<String>();
    jcmd.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    jcmd.add(String.valueOf(pid));
    jcmd.addAll(List.of(command));
    try {
      Process asked =
          new ProcessBuilder(jcmd).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      if (asked.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return asked.exitValue() == 0;
      }
      asked.destroyForcibly();
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  /// What is alive in the heap, in MiB, which a full collection finds out. Buffers outside the heap
  /// are not in it.
  double liveHeap() throws InterruptedException, IOException {
    if (!ask("GC.class_histogram")) {
      return Double.NaN;
    }
    // Total      instances      bytes
    return Files.readAllLines(log).stream()
        .filter(line -> line.startsWith("Total"))
        .mapToDouble(line -> Long.parseLong(line.strip().split("\\s+")[2]) / 1_048_576.0)
        .findFirst()
        .orElse(Double.NaN);
  }
}
