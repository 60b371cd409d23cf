package dev.callbridge.faults;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/// Keeps how each test with a [Fault] went, for the table, and hands out what to note it in.
final class FaultRecorder implements TestWatcher, AfterAllCallback, ParameterResolver {

  private final Map<String, FaultTable.Entry> entries = new ConcurrentSkipListMap<>();
  private final Map<String, Observed> observed = new ConcurrentHashMap<>();

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Observed.class;
  }

  @Override
  public Observed resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return observed(context);
  }

  private Observed observed(ExtensionContext context) {
    return observed.computeIfAbsent(context.getUniqueId(), _ -> new Observed());
  }

  @Override
  public void testSuccessful(ExtensionContext context) {
    record(context, observed(context).text());
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
    FaultTable.write(
        context.getRequiredTestClass().getSimpleName(), entries.values().stream().toList());
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
