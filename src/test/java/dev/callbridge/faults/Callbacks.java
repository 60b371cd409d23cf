package dev.callbridge.faults;

import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.sandbox.twilio.SandboxCall.Entry;
import java.time.Duration;
import java.util.List;

/// How the carrier's own requests fared, by its ledger of a call.
final class Callbacks {

  private Callbacks() {}

  /// Status callbacks that were not answered, or not well.
  static List<Entry> lost(SandboxCall line) {
    return line.timeline().stream()
        .filter(e -> e.kind().equals("callback") && !e.detail().matches(".*: 20\\d"))
        .toList();
  }

  /// From when the call was over to the answer of the last callback, in seconds: at least as long
  /// as any of them took.
  static double slowest(SandboxCall line) {
    Duration over =
        line.timeline().stream()
            .filter(e -> e.kind().equals("status"))
            .map(Entry::at)
            .max(Duration::compareTo)
            .orElseThrow();
    Duration answered =
        line.timeline().stream()
            .filter(e -> e.kind().equals("callback"))
            .map(Entry::at)
            .max(Duration::compareTo)
            .orElseThrow();
    return answered.minus(over).toMillis() / 1000.0;
  }

  /// From the answered call to the first sentence.
  static double untilSpoken(SandboxCall line) {
    Duration answered =
        line.timeline().stream()
            .filter(e -> e.kind().equals("status") && e.detail().equals("in-progress"))
            .map(Entry::at)
            .findFirst()
            .orElse(Duration.ZERO);
    return line.timeline().stream()
        .filter(e -> e.kind().equals("say"))
        .map(e -> e.at().minus(answered).toMillis() / 1000.0)
        .findFirst()
        .orElseThrow();
  }
}
