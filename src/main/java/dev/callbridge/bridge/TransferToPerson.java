package dev.callbridge.bridge;

import dev.callbridge.assistants.TransferTargets;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallStore;
import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.time.Clock;
import java.util.Map;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Hands the caller to a person. That it is wanted is stored; then the session ends, and the line,
/// which asks what comes after its stream, is told to ring the person.
@Component
final class TransferToPerson implements Tool {

  /// Of one call. After that many nobody is going to answer.
  static final int MAX_TRANSFERS = 3;

  private final LiveSessions sessions;
  private final CallStore calls;
  private final TransferTargets targets;
  private final Clock clock = Clock.systemUTC();

  TransferToPerson(LiveSessions sessions, CallStore calls, TransferTargets targets) {
    this.sessions = sessions;
    this.calls = calls;
    this.targets = targets;
  }

  @Override
  public String name() {
    return "transfer_to_person";
  }

  @Override
  public String description() {
    StringBuilder people = new StringBuilder();
    targets
        .targets()
        .forEach((name, target) ->
            people.append(' ').append(name).append(": ").append(target.description()));
    return "Connects the caller to a person. Tell the caller first; if nobody answers, the caller comes"
        + " back to you."
        + people;
  }

  @Override
  public String parameters() {
    ObjectNode schema = JsonMapper.shared().createObjectNode();
    schema.put("type", "object").put("additionalProperties", false);
    schema.putArray("required").add("target").add("summary");
    ObjectNode properties = schema.putObject("properties");
    ObjectNode target = properties.putObject("target").put("type", "string").put("maxLength", 64);
    if (!targets.targets().isEmpty()) {
      targets.targets().keySet().forEach(target.withArray("enum")::add);
    }
    properties
        .putObject("summary")
        .put("type", "string")
        .put("minLength", 1)
        .put("maxLength", 500)
        .put("description", "Told to the person before the caller is connected");
    return schema.toString();
  }

  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    String target = request.arguments().path("target").asString("");
    CallSession session = sessions.of(request.callId()).orElse(null);
    if (targets.find(target).isEmpty() || session == null || !session.mayBeTransferred()) {
      return Mono.just(ToolResult.refused("This call cannot be transferred there."));
    }
    CallEvent wanted =
        new CallEvent(
            request.callId(),
            Kind.TRANSFER,
            Source.RELAY,
            request.toolCallId(),
            clock.instant(),
            Map.of(
                "target",
                target,
                "summary",
                request.arguments().path("summary").asString("").replace('\0', ' ')));
    return calls
        .events(request.callId())
        .filter(event -> event.kind() == Kind.TRANSFER && !event.key().equals(request.toolCallId()))
        .count()
        .flatMap(before ->
            before >= MAX_TRANSFERS
                ? Mono.just(ToolResult.refused("Nobody answers. Go on without a transfer."))
                : calls
                    .append(wanted)
                    .doOnNext(_ -> session.transfer())
                    .thenReturn(ToolResult.done("{\"transferring\":true}")));
  }
}
