package dev.callbridge.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Processor time so far, in milliseconds, as Linux accounts it; NaN where it is not known.
///
/// @param relayThreads what of the relay's time each kind of its threads had
/// @param toolCore time the tool's core was not idle, whoever used it
/// @param relayCore likewise for the relay's core
/// @param stolen time in which either core wanted to run and the hypervisor did not let it
record Usage(
    long nanos,
    double relay,
    Map<String, Double> relayThreads,
    double tool,
    double toolCore,
    double relayCore,
    double stolen) {

  /// Linux reports processor time in hundredths of a second on every architecture Java runs on.
  private static final double MILLIS_PER_TICK = 10;

  /// user, nice, system, irq, softirq: not idle, not waiting, not the hypervisor's.
  private static final int[] BUSY = {1, 2, 3, 6, 7};

  private static final int[] STOLEN = {8};

  static Usage now(long relayPid, Cores cores) {
    return new Usage(
        System.nanoTime(),
        process(relayPid),
        threads(relayPid),
        process(ProcessHandle.current().pid()),
        core(cores.tool(), BUSY),
        core(cores.relay(), BUSY),
        core(cores.tool(), STOLEN) + core(cores.relay(), STOLEN));
  }

  Usage since(Usage start) {
    return new Usage(
        nanos - start.nanos,
        relay - start.relay,
        difference(relayThreads, start.relayThreads),
        tool - start.tool,
        toolCore - start.toolCore,
        relayCore - start.relayCore,
        stolen - start.stolen);
  }

  double millis() {
    return nanos / 1e6;
  }

  private static double process(long pid) {
    for (String line : lines("/proc/" + pid + "/stat")) {
      return processorTime(line);
    }
    return Double.NaN;
  }

  /// utime and stime: the 14th and 15th field, counted past the name, which may hold spaces.
  private static double processorTime(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLIS_PER_TICK;
  }

  /// By the name of the thread, without its number. A thread that ended takes its time with it.
  private static Map<String, Double> threads(long pid) {
    var millis = new TreeMap<String, Double>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : tasks.toList()) {
        for (String line : lines(task + "/stat")) {
          String name = line.substring(line.indexOf('(') + 1, line.lastIndexOf(')'));
          millis.merge(name.replaceAll("[ #-]*\\d*$", ""), processorTime(line), Double::sum);
        }
      }
    } catch (IOException e) {
      return Map.of();
    }
    return millis;
  }

  private static Map<String, Double> difference(
      Map<String, Double> now, Map<String, Double> before) {
    var difference = new TreeMap<String, Double>();
    now.forEach((name, millis) -> difference.put(name, millis - before.getOrDefault(name, 0.0)));
    return difference;
  }

  private static double core(int core, int[] kinds) {
    for (String line : lines("/proc/stat")) {
      if (line.startsWith("cpu" + core + " ")) {
        String[] fields = line.split(" ");
        long ticks = 0;
        for (int field : kinds) {
          ticks += Long.parseLong(fields[field]);
        }
        return ticks * MILLIS_PER_TICK;
      }
    }
    return Double.NaN;
  }

  /// Resident memory in MiB.
  static double resident(long pid) {
    for (String line : lines("/proc/" + pid + "/status")) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
      }
    }
    return Double.NaN;
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (IOException e) {
      return List.of();
    }
  }
}
