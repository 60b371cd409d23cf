package dev.callbridge.bridge;

import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Hangs up, once what the agent said has been heard.
@Component
final class EndCall implements Tool {

  private final LiveSessions sessions;

  EndCall(LiveSessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public String name() {
    return "end_call";
  }

  @Override
  public String description() {
    return "Ends this call. Say goodbye first: what you have said is heard to its end.";
  }

  @Override
  public String parameters() {
    return """
    {"type":"object","additionalProperties":false,"properties":{
      "reason":{"type":"string","maxLength":200,"description":"Why the call is over"}}}
    """;
  }

  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    return Mono.fromSupplier(() ->
        sessions
            .of(request.callId())
            .map(session -> {
              session.leave();
              return ToolResult.done("{\"ending\":true}");
            })
            .orElseGet(() -> ToolResult.refused("This call is over already.")));
  }
}
