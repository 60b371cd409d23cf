package dev.callbridge.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.CallStore;
import dev.callbridge.faults.FaultBench.Result;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.test.context.TestPropertySource;

/// The faults of the catalogue that are the network's, or what Twilio's REST API refuses: see
/// `docs/faults.md`.
@Tag("faults")
@CallbridgeTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestPropertySource(
    properties = {
      "callbridge.assistants.refused.agent-id=agent_sandbox--refused",
      "callbridge.assistants.black-hole.agent-id=agent_sandbox--black-hole",
      "callbridge.assistants.lost.agent-id=agent_sandbox--lost",
      "callbridge.assistants.narrow.agent-id=agent_sandbox--narrow"
    })
final class NetworkFaultTests {

  private static final Duration AT_MOST = Duration.ofMinutes(10);

  private final Callbridge callbridge;
  private final FaultBench bench;
  private final BrokenNetwork network;
  private List<Result> results = List.of();

  NetworkFaultTests(
      @Autowired Callbridge callbridge,
      @Autowired CallStore calls,
      @Autowired DatabaseClient database)
      throws IOException {
    this.callbridge = callbridge;
    this.bench = new FaultBench(callbridge, calls, database);
    this.network = new BrokenNetwork(callbridge);
  }

  @BeforeAll
  void run() {
    List<FaultRow> rows = new ArrayList<>(network.rows());
    rows.addAll(CarrierFaults.rows());
    List<Result> all = new ArrayList<>(bench.run(rows, AT_MOST));
    all.addAll(bench.run(List.of(CarrierFaults.unauthorized()), AT_MOST));
    results = all;
    FaultTable.write("network", results.stream().map(FaultRuns::entry).toList());
  }

  @AfterAll
  void close() throws IOException {
    network.close();
  }

  @TestFactory
  Stream<DynamicTest> everyFaultEndsAsItMust() {
    return results.stream()
        .map(result ->
            DynamicTest.dynamicTest(
                result.row().toString(), () -> assertThat(result.problems()).isEmpty()));
  }

  @Test
  void theInvariantsHoldOfAllCallsTogether() throws IOException {
    network.close();
    callbridge.assertNothingLeft();
    Set<String> outOfTouch = network.outOfTouch();
    assertThat(bench.violations())
        .filteredOn(violation -> outOfTouch.stream().noneMatch(violation::contains))
        .isEmpty();
  }
}
