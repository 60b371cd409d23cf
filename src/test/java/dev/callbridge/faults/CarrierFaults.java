package dev.callbridge.faults;

import static dev.callbridge.call.Outcome.*;

import dev.callbridge.call.Call;
import dev.callbridge.faults.FaultRow.Also;
import dev.callbridge.sandbox.twilio.SandboxCall;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/// What Twilio's REST API refuses, or fails to do.
final class CarrierFaults {

  private CarrierFaults() {}

  static List<FaultRow> rows() {
    return List.of(
        FaultRow.number(
            "F49", "2025", "the country is not enabled (21215)", FAILED_DIAL, "twilio_21215"),
        FaultRow.number(
            "F49", "2026", "the number is blocked (21216)", FAILED_DIAL, "twilio_21216"),
        hungUp("2029", "a hang-up by REST gets no answer, then works", 2),
        hungUp("2028", "a hang-up by REST is answered 500 twice, then works", 3),
        hungUp("2030", "a hang-up by REST is answered 21220", 1),
        hungUp("2031", "a hang-up by REST is answered 404", 1));
  }

  /// Refuses our credentials, and so keeps every other call from being placed for a while.
  static FaultRow unauthorized() {
    return FaultRow.number("F49", "2027", "", FAILED_DIAL, "circuit_open_twilio_20003")
        .begunBy(
            "the create request is refused: 401 (20003); the call after that",
            bench -> {
              Call refused = bench.await(bench.place("{\"to\":\"+15550002027\"}"));
              if (!"twilio_20003".equals(refused.truth().reason())) {
                throw new AssertionError("the first is " + refused.truth());
              }
              return bench.place("{\"to\":\"+15550002000\"}");
            })
        .and((bench, call) ->
            bench.callbridge().twilio().calls().stream()
                .filter(line -> line.to().equals(call.plan().to()))
                .map(_ -> "it was placed all the same")
                .toList());
  }

  private static FaultRow hungUp(String digits, String how, int requests) {
    Function<FaultBench, UUID> begin =
        bench -> {
          UUID id = bench.place("{\"to\":\"+1555000%s\"}".formatted(digits));
          bench.callbridge().await(id, call -> call.truth().timings().firstAgentAudio() != null);
          bench.hangUp(id);
          return id;
        };
    return FaultRow.number("F51", digits, how, COMPLETED, "stop")
        .begunBy("number `%s`: %s".formatted(digits, how), begin)
        .and(asked(requests));
  }

  private static Also asked(int requests) {
    return (bench, call) -> {
      SandboxCall line = bench.callbridge().twilio().call("" + call.truth().twilioCallSid());
      int made = line == null ? 0 : line.hangUpRequests();
      return made == requests
          ? List.of()
          : List.of("it was hung up by %d requests, not %d".formatted(made, requests));
    };
  }
}
