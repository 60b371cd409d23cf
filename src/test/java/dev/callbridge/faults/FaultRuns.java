package dev.callbridge.faults;

import dev.callbridge.faults.FaultBench.Result;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A result in the words of the table.
final class FaultRuns {

  private FaultRuns() {}

  static FaultTable.Entry entry(Result result) {
    FaultRow row = result.row();
    String observed =
        result.problems().isEmpty()
            ? result.observed()
            : "**" + result.observed() + ": " + String.join("; ", result.problems()) + "**";
    return new FaultTable.Entry(
        row.fault(), row.injected(), row.expectation(), observed, seconds(result.spoken()));
  }

  private static String seconds(@Nullable Duration spoken) {
    return spoken == null ? "" : String.format(Locale.ROOT, "%.1f s", spoken.toMillis() / 1000.0);
  }
}
