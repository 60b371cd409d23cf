package dev.callbridge.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/// Where the relay's processor time goes, from a recording of the steady window alone.
final class Profile {

  private static final String NAME = "load";
  private static final String SAMPLE = "jdk.CPUTimeSample";
  private static final String SAMPLED_EVERY = "2ms";
  private static final int TOP = 25;

  private Profile() {}

  static boolean start(Jcmd relay) throws InterruptedException {
    boolean started =
        relay.ask(
            "JFR.start",
            "name=" + NAME,
            "settings=none",
            "+" + SAMPLE + "#enabled=true",
            "+" + SAMPLE + "#throttle=" + SAMPLED_EVERY);
    if (started) {
      // Recording has its own start-up, which is not the relay's.
      TimeUnit.SECONDS.sleep(2);
    } else {
      System.out.println("no profile: the relay's JVM does not record (Linux and JDK 25 needed)");
    }
    return started;
  }

  static void stop(Jcmd relay, Path recording) throws InterruptedException {
    relay.ask("JFR.stop", "name=" + NAME, "filename=" + recording.toAbsolutePath());
  }

  static void print(Path recording) throws IOException {
    var frames = new HashMap<String, Integer>();
    var groups = new HashMap<String, Integer>();
    int samples = 0;
    int unknown = 0;
    try (var file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        if (!event.getEventType().getName().equals(SAMPLE)) {
          continue;
        }
        samples++;
        RecordedStackTrace stack = event.getStackTrace();
        if (stack == null || stack.getFrames().isEmpty()) {
          unknown++;
          continue;
        }
        RecordedFrame top = stack.getFrames().getFirst();
        String method = top.getMethod().getType().getName() + "." + top.getMethod().getName();
        frames.merge(method, 1, Integer::sum);
        groups.merge(group(method, top.getType()), 1, Integer::sum);
      }
    }
    System.out.printf(
        "%nprofile of the window: %d samples of Java threads, %s each, %d without a stack"
            + " (GC and compiler threads are not sampled)%n%n",
        samples, SAMPLED_EVERY, unknown);
    table(groups, samples);
    System.out.println();
    table(frames, samples);
    System.out.println("\n" + recording.toAbsolutePath());
  }

  /// A native method is where Netty enters the kernel: its time is the kernel's.
  private static String group(String method, String type) {
    if (type.equals("Native")) {
      return "kernel and native";
    }
    return GROUPS.stream()
        .filter(group -> method.startsWith(group.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("other");
  }

  private static final List<Map.Entry<String, String>> GROUPS =
      List.of(
          Map.entry("dev.callbridge.", "callbridge"),
          Map.entry("io.netty.", "netty"),
          Map.entry("reactor.", "reactor"),
          Map.entry("org.springframework.", "spring"),
          Map.entry("tools.jackson.", "jackson"),
          Map.entry("java.", "jdk"),
          Map.entry("jdk.", "jdk"),
          Map.entry("sun.", "jdk"));

  private static void table(Map<String, Integer> counts, int samples) {
    counts.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(TOP)
        .forEach(entry ->
            System.out.printf(
                Locale.ROOT, "%6.1f %%  %s%n", 100.0 * entry.getValue() / samples, entry.getKey()));
  }
}
