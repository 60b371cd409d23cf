package dev.callbridge.faults;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/// Keeps how each test with a [Fault] went, for the table.
final class FaultRecorder implements TestWatcher, AfterAllCallback {

  private final Map<String, FaultTable.Entry> entries = new ConcurrentSkipListMap<>();

  @Override
  public void testSuccessful(ExtensionContext context) {
    record(context, "as expected");
  }

  @Override
  public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
    String message =
        cause == null || cause.getMessage() == null
            ? ""
            : cause.getMessage().strip().lines().findFirst().orElse("");
    record(context, "**failed: " + message + "**");
  }

  @Override
  public void afterAll(ExtensionContext context) {
    FaultTable.write("process", entries.values().stream().toList());
  }

  private void record(ExtensionContext context, String observed) {
    context
        .getTestMethod()
        .map(method -> method.getAnnotation(Fault.class))
        .ifPresent(fault ->
            entries.put(
                context.getDisplayName(),
                new FaultTable.Entry(
                    fault.value(), fault.injected(), fault.expected(), observed, "")));
  }
}
