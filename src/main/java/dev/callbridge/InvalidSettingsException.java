package dev.callbridge;

import java.util.List;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Settings with which Callbridge would not work, or not safely.
final class InvalidSettingsException extends RuntimeException {

  InvalidSettingsException(List<String> problems) {
    super("  - " + String.join("\n  - ", problems));
  }

  /// Prints them as a list instead of a stack trace.
  static final class Analyzer extends AbstractFailureAnalyzer<InvalidSettingsException> {
    @Override
    protected FailureAnalysis analyze(Throwable root, InvalidSettingsException cause) {
      return new FailureAnalysis(
          "Callbridge cannot run with these settings:\n\n" + cause.getMessage(),
          "Set them in the environment; README.md says what each is. To try Callbridge without any"
              + " account, start it with the profile `sandbox`.",
          cause);
    }
  }
}
