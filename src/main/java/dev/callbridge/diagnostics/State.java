package dev.callbridge.diagnostics;

/// How a step went, from good to bad.
enum State {
  PASSED,
  /// Not looked at, because it follows from a step that failed.
  SKIPPED,
  /// A call works, and something about it does not, or could not be seen.
  WARNING,
  /// Calls of some kind do not work.
  FAILED
}
