package dev.callbridge.sandbox.elevenlabs;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tools of one conversation: one client tool, and the system's own `end_call`.
///
/// Which client tool is called, and with what, may be chosen by the dynamic variables
/// `sandbox_tool` and `sandbox_tool_parameters`, a JSON object as text.
final class Tools {

  static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final JsonMapper JSON = new JsonMapper();
  private static final String PARAMETERS =
      "{\"party_size\":2,\"day\":\"friday\",\"time\":\"19:00\"}";

  private final AgentWire wire;
  private final AgentSession ledger;
  private final Agenda agenda;

  private String name = "check_availability";
  private JsonNode parameters = JSON.readTree(PARAMETERS);
  private String callId = "";
  private @Nullable Runnable next;
  private Agenda.@Nullable Item timeout;

  Tools(AgentWire wire, AgentSession ledger, Agenda agenda) {
    this.wire = wire;
    this.ledger = ledger;
    this.agenda = agenda;
  }

  void configure(Map<String, String> variables) {
    if (variables.containsKey("reservation_date")) {
      confirmReservation(variables);
    }
    name = variables.getOrDefault("sandbox_tool", name);
    try {
      String given = variables.get("sandbox_tool_parameters");
      parameters = given == null ? parameters : JSON.readTree(given);
    } catch (JacksonException e) {
      ledger.protocolError("sandbox_tool_parameters is not JSON: " + e.getOriginalMessage());
    }
  }

  /// A restaurant that is called for a table has it.
  private void confirmReservation(Map<String, String> variables) {
    name = "confirm_reservation";
    parameters =
        JSON.createObjectNode()
            .put("date", variables.getOrDefault("reservation_date", ""))
            .put("time", variables.getOrDefault("reservation_time", ""));
  }

  /// Calls the client's tool, then goes on whatever came of it.
  void call(Runnable goOn) {
    call(name, parameters, goOn);
  }

  void takeNote(String text, Runnable goOn) {
    call("take_note", JSON.createObjectNode().put("text", text), goOn);
  }

  /// Asks the client to hang up.
  void askForTheEnd() {
    call("end_call", JSON.createObjectNode(), () -> {});
  }

  private void call(String tool, JsonNode arguments, Runnable goOn) {
    name = tool;
    callId = "call_" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    next = goOn;
    timeout = agenda.in(TIMEOUT, this::timedOut);
    wire.send(
        "client_tool_call",
        AgentMessages.toolCall(name, callId, arguments, wire.nextEventId()),
        name + " " + callId);
  }

  void answered(String toolCallId, String result, boolean isError) {
    ledger.note("received client_tool_result", toolCallId + " " + result);
    if (callId.isEmpty() || !toolCallId.equals(callId)) {
      ledger.protocolError("client_tool_result for " + toolCallId + ", which was not called");
      return;
    }
    ledger.toolAnswered(new AgentSession.ToolResult(toolCallId, result, isError, next == null));
    if (next != null) {
      goOn(isError);
    }
  }

  /// Tells the client that the agent hangs up.
  void endCall() {
    String id = "call_end_" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    wire.send(
        "agent_tool_response",
        AgentMessages.toolResponse("end_call", id, "system", false, true, wire.nextEventId()),
        "end_call");
  }

  private void timedOut() {
    ledger.note("tool timed out", callId);
    goOn(true);
  }

  private void goOn(boolean isError) {
    Runnable then = next;
    next = null;
    if (timeout != null) {
      timeout.crossOut();
    }
    wire.send(
        "agent_tool_response",
        AgentMessages.toolResponse(name, callId, "client", isError, true, wire.nextEventId()),
        name);
    if (then != null) {
      then.run();
    }
  }
}
