package dev.callbridge.call;

import java.util.List;

/// Is told of each call's end: once for each call, on one of all instances.
///
/// Must not block and must be quick. What it throws is logged, and changes nothing.
public interface CallEnd {

  /// @param call as it ended
  /// @param evidence what it ended by, in no order
  void ended(Call call, List<CallEvent> evidence);
}
