package dev.callbridge.load;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.json.JsonMapper;

/// The figures as a table to read, with the same as a line of JSON to keep at its end.
final class Report {

  /// The relay's memory in MiB: what is resident, and what is alive in its heap.
  record Memory(double idle, double idleLive, double loaded, double loadedLive) {
    static final Memory UNKNOWN = new Memory(Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    /// In KiB.
    double heapPerCall(int calls) {
      return calls == 0 ? Double.NaN : (loadedLive - idleLive) * 1_024 / calls;
    }
  }

  private Report() {}

  static void print(Window window, Tally tally, Memory memory, int left) {
    System.out.println();
    line(
        "calls rung / connected / carried",
        "%d / %d / %d",
        window.rung(),
        window.connected(),
        window.carried());
    System.out.printf("%n%-34s %9s %9s %9s %9s%n", "ms", "p50", "p99", "p99.9", "max");
    histogram("added, caller to agent", tally.toAgent.latency);
    histogram("added, agent to caller", tally.toCaller.latency);
    histogram("interruption to clear", tally.clear);
    histogram("ping to pong", tally.pong);
    histogram("webhook to TwiML", tally.webhook);
    histogram("the tool's own lateness", tally.lateness);
    System.out.printf("%n%-34s %15s %15s%n", "frames", "caller to agent", "agent to caller");
    Direction up = tally.toAgent;
    Direction down = tally.toCaller;
    counts("sent in the window", up.sent, down.sent);
    counts("of these never arrived", up.missing(), down.missing());
    counts("lost", up.lost, down.lost);
    counts("duplicated", up.duplicated, down.duplicated);
    counts("reordered", up.reordered, down.reordered);
    counts("altered", up.altered, down.altered);
    counts("misrouted", up.misrouted, down.misrouted);
    counts("stale after a clear", up.stale, down.stale);
    counts("lost before the window", up.lostBefore, down.lostBefore);
    counts("before the other side was there", up.unheard, down.unheard);
    System.out.println();
    line(
        "interruptions / cleared / unasked",
        "%d / %d / %d",
        tally.interruptions,
        tally.cleared,
        tally.clearsUnasked);
    line("pings / pongs", "%d / %d", tally.pings, tally.pongs);
    line("conversations left open", "%d", left);
    line(
        "relay CPU",
        "%.3f ms per call-second, %.0f %% of a core",
        window.relayMillisPerCallSecond(),
        100 * window.relayBusy());
    window
        .relayThreadsPerCallSecond()
        .forEach((name, millis) -> line("  of that, " + name, "%.3f", millis));
    line(
        "tool CPU",
        "%.3f ms per call-second, its core %.0f %% busy",
        window.toolMillisPerCallSecond(),
        100 * window.toolBusy());
    line("relay resident idle / loaded", "%.0f / %.0f MiB", memory.idle(), memory.loaded());
    line(
        "relay live heap idle / loaded",
        "%.1f / %.1f MiB, %.0f KiB per call",
        memory.idleLive(),
        memory.loadedLive(),
        memory.heapPerCall(window.carried()));
    tally.failures.forEach((why, times) -> line("FAILED", "%d x %s", times, why));
    tally.unknownRequests.forEach(
        (what, times) -> line("not simulated, answered 404", "%d x %s", times, what));
    window.doubts().forEach(doubt -> line("DOUBT", "%s", doubt));
    window.faults(tally).forEach(fault -> line("BROKEN", "%s", fault));
    if (left > 0) {
      line("BROKEN", "%d conversations still open after all callers hung up", left);
    }
    window.invalid(tally).forEach(reason -> line("INVALID", "%s", reason));
    System.out.println("\n" + JsonLine.of(window, tally, memory, left));
  }

  private static void line(String name, String format, Object... values) {
    System.out.printf(Locale.ROOT, "%-34s " + format + "%n", prefixed(name, values));
  }

  private static Object[] prefixed(String name, Object... values) {
    var all = new Object[values.length + 1];
    all[0] = name;
    System.arraycopy(values, 0, all, 1, values.length);
    return all;
  }

  private static void histogram(String name, Histogram histogram) {
    line(
        name,
        "%9.2f %9.2f %9.2f %9.2f",
        Window.millis(histogram, 50),
        Window.millis(histogram, 99),
        Window.millis(histogram, 99.9),
        Window.millis(histogram, 100));
  }

  private static void counts(String name, long up, long down) {
    line(name, "%15d %15d", up, down);
  }

  static void printStepHeader() {
    System.out.printf(
        "%n%7s %8s %12s %12s %7s %9s %9s %10s %10s%n",
        "calls",
        "carried",
        "p99 up ms",
        "p99 down ms",
        "lost",
        "relay ms",
        "tool ms",
        "tool core",
        "tool p99");
  }

  static void printStep(Window window, Tally tally) {
    System.out.printf(
        Locale.ROOT,
        "%7d %8d %12.2f %12.2f %7d %9.3f %9.3f %8.0f %% %10.2f%n",
        window.rung(),
        window.carried(),
        Window.millis(tally.toAgent.latency, 99),
        Window.millis(tally.toCaller.latency, 99),
        tally.toAgent.missing() + tally.toCaller.missing(),
        window.relayMillisPerCallSecond(),
        window.toolMillisPerCallSecond(),
        100 * window.toolBusy(),
        Window.millis(tally.lateness, 99));
  }

  static void printMost(int carried, int tried, List<String> why, boolean toolFirst) {
    System.out.printf(
        "%nnot carried or not measurable at %d calls: %s%n", tried, String.join("; ", why));
    System.out.printf(
        "%s %d calls carried, p99 under %.0f ms both ways and nothing lost%n",
        toolFirst ? "the tool gave out before the relay: at least" : "most:",
        carried,
        Window.ACCEPTABLE_MILLIS);
    System.out.println(
        "\n"
            + JsonMapper.shared()
                .writeValueAsString(
                    Map.of(
                        "carries", carried, "failedAt", tried, "why", why, "atLeast", toolFirst)));
  }
}
