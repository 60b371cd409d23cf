package dev.callbridge.bridge;

import dev.callbridge.assistants.TransferTargets;
import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.util.Map;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Hands the caller to a person, at the agent's wish.
@Component
final class TransferToPerson implements Tool {

  private final Handovers handovers;
  private final TransferTargets targets;

  TransferToPerson(Handovers handovers, TransferTargets targets) {
    this.handovers = handovers;
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
    if (targets.find(target).isEmpty()) {
      return Mono.just(ToolResult.refused("This call cannot be transferred there."));
    }
    String summary = request.arguments().path("summary").asString("").replace('\0', ' ');
    return handovers
        .begin(request.callId(), request.toolCallId(), Map.of("target", target, "summary", summary))
        .map(result ->
            switch (result) {
              case BEGUN -> ToolResult.done("{\"transferring\":true}");
              case NOT_POSSIBLE -> ToolResult.refused("This call cannot be transferred there.");
              case NOBODY_ANSWERS ->
                  ToolResult.refused("Nobody answers. Go on without a transfer.");
            });
  }
}
