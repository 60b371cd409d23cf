package dev.callbridge.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// What the steady window cost.
///
/// @param rung calls that were rung
/// @param connected calls on the line when the window opened
/// @param carried calls on the line from its start to its end
/// @param resident the relay's resident memory at the end, in MiB
record Window(int rung, int connected, int carried, Usage used, double resident, boolean pinned) {

  /// A relay carries its calls while 99 of 100 frames are not held up longer than this.
  static final double ACCEPTABLE_MILLIS = 20;

  private static final double LATEST_TOOL_MILLIS = 5;
  private static final double BUSIEST_TOOL = 0.85;
  private static final double OTHERS_ON_RELAY_CORE = 0.05;
  private static final double WORTH_TELLING = 0.01;
  private static final double STOLEN = 0.02;

  double relayMillisPerCallSecond() {
    return used.relay() / perCallSecond();
  }

  /// What threads of one name had of it, those first that had most; those left out that had hardly
  /// any.
  Map<String, Double> relayThreadsPerCallSecond() {
    var had = new LinkedHashMap<String, Double>();
    used.relayThreads().entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .filter(thread -> thread.getValue() > used.relay() * WORTH_TELLING)
        .forEach(thread -> had.put(thread.getKey(), thread.getValue() / perCallSecond()));
    return had;
  }

  double toolMillisPerCallSecond() {
    return used.tool() / perCallSecond();
  }

  private double perCallSecond() {
    return carried == 0 ? Double.NaN : carried * used.millis() / 1_000;
  }

  double relayBusy() {
    return used.relay() / used.millis();
  }

  /// How busy the tool's core is, or its one thread where it has no core of its own.
  double toolBusy() {
    return (pinned ? used.toolCore() : used.tool()) / used.millis();
  }

  /// The share of the relay's core that is not the relay's: other processes, and interrupts.
  double othersOnRelayCore() {
    return (used.relayCore() - used.relay()) / used.millis();
  }

  static double millis(Histogram histogram, double percentile) {
    return histogram.getTotalCount() == 0
        ? Double.NaN
        : histogram.getValueAtPercentile(percentile) / 1_000.0;
  }

  /// Why the figures say nothing about the relay. Empty when they do.
  List<String> invalid(Tally tally) {
    var reasons = new ArrayList<String>();
    double late = millis(tally.lateness, 99);
    if (late > LATEST_TOOL_MILLIS) {
      reasons.add("the tool was itself %.1f ms late at p99".formatted(late));
    }
    if (tally.skipped > 0) {
      reasons.add("the tool sent nothing for %.1f s".formatted(tally.skipped / 1e9));
    }
    if (toolBusy() > BUSIEST_TOOL) {
      reasons.add("the tool's core was %.0f %% busy".formatted(toolBusy() * 100));
    }
    return reasons;
  }

  /// What to doubt although the run counts.
  List<String> doubts() {
    var doubts = new ArrayList<String>();
    if (!pinned) {
      doubts.add("relay and tool were not kept on cores of their own");
    }
    if (othersOnRelayCore() > OTHERS_ON_RELAY_CORE) {
      doubts.add(
          "%.0f %% of the relay's core went to something else"
              .formatted(othersOnRelayCore() * 100));
    }
    double stolen = used.stolen() / used.millis();
    if (stolen > STOLEN) {
      doubts.add("the hypervisor took %.0f %% of a core away".formatted(stolen * 100));
    }
    return doubts;
  }

  /// What the relay did wrong. Empty when it carried every call.
  List<String> faults(Tally tally) {
    var faults = new ArrayList<String>();
    if (carried < rung || !tally.failures.isEmpty()) {
      faults.add("%d of %d calls carried".formatted(carried, rung));
    }
    direction(faults, "caller to agent", tally.toAgent);
    direction(faults, "agent to caller", tally.toCaller);
    if (tally.cleared != tally.interruptions || tally.clearsUnasked > 0) {
      faults.add("interruptions not met by exactly one clear");
    }
    if (tally.pongs != tally.pings) {
      faults.add((tally.pings - tally.pongs) + " pongs missed");
    }
    tally.complaints.forEach((what, times) -> faults.add(what + " (" + times + " times)"));
    return faults;
  }

  private static void direction(List<String> faults, String name, Direction direction) {
    if (!direction.isClean()) {
      faults.add(name + ": frames lost, repeated, out of order, altered, misrouted or stale");
    }
    double p99 = millis(direction.latency, 99);
    if (!(p99 < ACCEPTABLE_MILLIS)) {
      faults.add("%s: p99 is %.1f ms".formatted(name, p99));
    }
  }
}
