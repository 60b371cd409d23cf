package dev.callbridge.telemetry;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.UUID;
import java.util.function.Supplier;

/// A call's trace has the call's own id, without the hyphens: whoever has one has the other, and
/// nothing needs to be carried along while the call goes from instance to instance.
final class CallTraceIds implements IdGenerator {

  private static final ScopedValue<UUID> CALL = ScopedValue.newInstance();

  static <T> T of(UUID callId, Supplier<T> trace) {
    return ScopedValue.where(CALL, callId).call(trace::get);
  }

  @Override
  public String generateTraceId() {
    return CALL.isBound()
        ? CALL.get().toString().replace("-", "")
        : IdGenerator.random().generateTraceId();
  }

  @Override
  public String generateSpanId() {
    return IdGenerator.random().generateSpanId();
  }
}
