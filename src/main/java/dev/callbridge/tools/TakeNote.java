package dev.callbridge.tools;

import dev.callbridge.call.CallNotes;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Writes something down with the call.
@Component
final class TakeNote implements Tool {

  private final CallNotes notes;

  TakeNote(CallNotes notes) {
    this.notes = notes;
  }

  @Override
  public String name() {
    return "take_note";
  }

  @Override
  public String description() {
    return "Writes a note down with this call, for the people who read it later.";
  }

  @Override
  public String parameters() {
    return """
    {"type":"object","additionalProperties":false,"required":["text"],"properties":{
      "text":{"type":"string","minLength":1,"maxLength":2000,"pattern":"\\\\S",
        "description":"What to write down, in a sentence or two"}}}
    """;
  }

  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    String text = request.arguments().path("text").asString("").replace('\0', ' ');
    return notes
        .take(request.callId(), request.toolCallId(), text)
        .thenReturn(ToolResult.done("{\"noted\":true}"));
  }
}
