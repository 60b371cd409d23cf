package dev.callbridge.diagnostics;

import org.jspecify.annotations.Nullable;

/// What one step found.
///
/// @param remedy what to do, null where there is nothing to do
/// @param definite it stays so until somebody mends it; a vendor that does not answer may answer
///   next time
/// @param blocks the steps that need this one have nothing to look at
record Finding(
    State state, String detail, @Nullable String remedy, boolean definite, boolean blocks) {

  static Finding passed(String detail) {
    return new Finding(State.PASSED, detail, null, true, false);
  }

  static Finding warning(String detail, String remedy) {
    return new Finding(State.WARNING, detail, remedy, true, false);
  }

  static Finding failed(String detail, String remedy) {
    return new Finding(State.FAILED, detail, remedy, true, true);
  }

  /// For now: asked again, it may be otherwise.
  Finding passing() {
    return new Finding(state, detail, remedy, false, blocks);
  }

  Finding blocking() {
    return new Finding(state, detail, remedy, definite, true);
  }

  Finding blockingNothing() {
    return new Finding(state, detail, remedy, definite, false);
  }
}
