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

  /// It changes nothing: it may run where nobody can say whether it has run before.
  default boolean isReadOnly() {
    return false;
  }

  /// Emits one result. Subscribed off the media path, and cancelled at the deadline.
  ///
  /// May be asked again with the same call and tool call, after a crash in the middle: what it does
  /// to the world it does once for both.
  ///
  /// An error says that it does not work, and is not told to the agent, unless it is a
  /// [ToolException]; a tool that fails often is not asked for a while. What was understood and
  /// cannot be done is a result, not an error.
  Mono<ToolResult> run(ToolRequest request);
}
