package dev.callbridge.assistants;

import java.util.SortedSet;

/// Which tools there are, for those who let an agent use them. Asked where they are run.
@FunctionalInterface
public interface ToolNames {

  SortedSet<String> all();
}
