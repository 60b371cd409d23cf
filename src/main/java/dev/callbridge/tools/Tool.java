package dev.callbridge.tools;

import java.time.Duration;
import reactor.core.publisher.Mono;

/// Something an agent may do. Every bean of this type is one.
public interface Tool {

  /// As agents call it: lower case letters, digits and underscores.
  String name();

  /// What it does and when to use it, for a language model.
  String description();

  /// JSON Schema of the arguments, an object. Arguments are checked against it before.
  String parameters();

  default Duration deadline() {
    return Duration.ofSeconds(8);
  }

  /// Emits one result. Subscribed off the media path, and cancelled at the deadline.
  ///
  /// May be asked again with the same call and tool call, after a crash in the middle: what it does
  /// to the world it does once for both.
  Mono<ToolResult> run(ToolRequest request);
}
