package dev.callbridge.load;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The figures as one line of JSON, in milliseconds and MiB where the name does not say otherwise.
final class JsonLine {

  private static final double[] PERCENTILES = {50, 99, 99.9, 100};

  private JsonLine() {}

  static String of(Window window, Tally tally, Report.Memory memory, int left) {
    return JsonMapper.shared().writeValueAsString(json(window, tally, memory, left));
  }

  private static Map<String, Object> json(
      Window window, Tally tally, Report.Memory memory, int left) {
    var json = new LinkedHashMap<String, Object>();
    json.put("calls", window.rung());
    json.put("connected", window.connected());
    json.put("carried", window.carried());
    json.put("seconds", rounded(window.used().millis() / 1_000));
    json.put("toAgent", direction(tally.toAgent));
    json.put("toCaller", direction(tally.toCaller));
    json.put("clearMs", percentiles(tally.clear));
    json.put("pongMs", percentiles(tally.pong));
    json.put("webhookMs", percentiles(tally.webhook));
    json.put("toolLatenessMs", percentiles(tally.lateness));
    json.put("interruptions", tally.interruptions);
    json.put("cleared", tally.cleared);
    json.put("clearsUnasked", tally.clearsUnasked);
    json.put("pings", tally.pings);
    json.put("pongs", tally.pongs);
    json.put("conversationsLeftOpen", left);
    json.put("relayCpuMsPerCallSecond", rounded(window.relayMillisPerCallSecond()));
    json.put("relayCoreShare", rounded(window.relayBusy()));
    json.put("othersOnRelayCore", rounded(window.othersOnRelayCore()));
    json.put("toolCpuMsPerCallSecond", rounded(window.toolMillisPerCallSecond()));
    json.put("toolCoreBusy", rounded(window.toolBusy()));
    json.put("idleMiB", rounded(memory.idle()));
    json.put("loadedMiB", rounded(memory.loaded()));
    json.put("idleHeapMiB", rounded(memory.idleLive()));
    json.put("loadedHeapMiB", rounded(memory.loadedLive()));
    json.put("heapKiBPerCall", rounded(memory.heapPerCall(window.carried())));
    json.put("pinned", window.pinned());
    json.put("failures", tally.failures);
    json.put("faults", window.faults(tally));
    json.put("doubts", window.doubts());
    json.put("invalid", window.invalid(tally));
    return json;
  }

  private static Map<String, Object> direction(Direction direction) {
    var json = new LinkedHashMap<String, Object>();
    json.put("addedMs", percentiles(direction.latency));
    json.put("sent", direction.sent);
    json.put("missing", direction.missing());
    json.put("lost", direction.lost);
    json.put("lostBefore", direction.lostBefore);
    json.put("duplicated", direction.duplicated);
    json.put("reordered", direction.reordered);
    json.put("altered", direction.altered);
    json.put("misrouted", direction.misrouted);
    json.put("stale", direction.stale);
    json.put("unheard", direction.unheard);
    return json;
  }

  private static Map<String, Object> percentiles(Histogram histogram) {
    var json = new LinkedHashMap<String, Object>();
    for (double percentile : PERCENTILES) {
      String name =
          percentile == 100 ? "max" : "p" + (percentile == 99.9 ? "99.9" : (int) percentile);
      json.put(name, rounded(Window.millis(histogram, percentile)));
    }
    return json;
  }

  /// Null for what was not measured: JSON has no NaN.
  private static @Nullable Double rounded(double value) {
    return Double.isFinite(value) ? Math.round(value * 1_000) / 1_000.0 : null;
  }
}
