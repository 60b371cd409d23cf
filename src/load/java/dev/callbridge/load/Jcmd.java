package dev.callbridge.load;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The relay's JVM, asked from outside. What was said is kept in a file.
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
          new ProcessBuilder(jcmd)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log.toFile()))
              .start();
      if (asked.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return asked.exitValue() == 0;
      }
      asked.destroyForcibly();
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  /// Resident memory with only what is alive in the heap, in MiB.
  double liveMemory() throws InterruptedException {
    return ask("GC.run") ? Usage.resident(pid) : Double.NaN;
  }
}
