package dev.callbridge.tools;

import java.time.Duration;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/// A tool that does what its test says.
record TestTool(
    String name,
    boolean isReadOnly,
    Duration deadline,
    Function<ToolRequest, Mono<ToolResult>> does)
    implements Tool {

  TestTool(String name, Function<ToolRequest, Mono<ToolResult>> does) {
    this(name, false, Duration.ofSeconds(8), does);
  }

  @Override
  public String description() {
    return "A test's.";
  }

  @Override
  public String parameters() {
    return """
    {"type":"object","additionalProperties":false,"properties":{
      "people":{"type":"integer","minimum":1,"maximum":20},
      "name":{"type":"string","maxLength":40,"pattern":"^[A-Za-z ]+$"}}}
    """;
  }

  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    return does.apply(request);
  }
}
