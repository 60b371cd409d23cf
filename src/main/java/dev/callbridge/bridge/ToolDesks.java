package dev.callbridge.bridge;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Assistants;
import dev.callbridge.assistants.ToolNames;
import dev.callbridge.tools.ToolBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import org.springframework.stereotype.Component;

/// Gives each call the tools of its assistant, and no others: what an agent asks for, its caller
/// may have talked it into.
@Component
final class ToolDesks implements ToolNames {

  private final ToolBox box;

  /// @throws IllegalStateException when an assistant names a tool that there is not
  ToolDesks(ToolBox box, Assistants assistants) {
    this.box = box;
    assistants
        .names()
        .forEach(name -> {
          List<String> missing = new ArrayList<>(assistants.of(name).tools());
          missing.removeAll(box.names());
          if (!missing.isEmpty()) {
            throw new IllegalStateException(
                "callbridge.assistants.%s.tools: there is no tool named %s, only %s"
                    .formatted(name, missing, box.names()));
          }
        });
  }

  @Override
  public SortedSet<String> all() {
    return box.names();
  }

  ToolDesk of(UUID callId, Assistant assistant) {
    Set<String> allowed = Set.copyOf(assistant.tools());
    return (id, name, arguments) -> box.use(callId, id, name, arguments, allowed);
  }
}
