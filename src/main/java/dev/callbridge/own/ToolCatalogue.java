package dev.callbridge.own;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which tools an agent of ours is told of. Whoever runs them decides again what it may do.
@FunctionalInterface
public interface ToolCatalogue {

  /// @param names of those it may use, null for all
  List<ToolDescription> describe(@Nullable List<String> names);
}
