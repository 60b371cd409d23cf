package dev.callbridge.bridge;

import dev.callbridge.tools.ToolAnswer;
import java.util.Map;
import reactor.core.publisher.Mono;

/// Where the agent of one call has its tools used. Emits one answer and never fails.
@FunctionalInterface
interface ToolDesk {
  Mono<ToolAnswer> use(String toolCallId, String name, Map<String, Object> arguments);
}
