package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.CallStore;
import dev.callbridge.faults.FaultBench.Result;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;

/// Every fault of the catalogue that can be made between sockets, see `docs/faults.md`.
@Tag("faults")
@CallbridgeTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FaultSuiteTests {

  private static final Duration AT_MOST = Duration.ofMinutes(15);

  private final Callbridge callbridge;
  private final FaultBench bench;
  private List<Result> results = List.of();

  FaultSuiteTests(
      @Autowired Callbridge callbridge,
      @Autowired CallStore calls,
      @Autowired DatabaseClient database) {
    this.callbridge = callbridge;
    this.bench = new FaultBench(callbridge, calls, database);
  }

  @BeforeAll
  void run() {
    results = bench.run(FaultCatalogue.all(), AT_MOST);
    FaultTable.write("sockets", results.stream().map(FaultRuns::entry).toList());
  }

  @TestFactory
  Stream<DynamicTest> everyFaultEndsAsItMust() {
    return results.stream()
        .map(result ->
            DynamicTest.dynamicTest(
                result.row().toString(), () -> assertThat(result.problems()).isEmpty()));
  }

  @Test
  void theInvariantsHoldOfAllCallsTogether() {
    callbridge.assertNothingLeft();
    assertThat(bench.violations()).isEmpty();
  }
}
