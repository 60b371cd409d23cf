package dev.callbridge.sandbox.twilio;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Every call the sandbox knows, in the order they came, and every create request it accepted.
final class CallLedger {

  /// Past this the oldest calls that are over are forgotten, as are the oldest create requests.
  private static final int MAX_CALLS = 10_000;

  /// The sound of so many ended calls is kept.
  private static final int MAX_SOUND = 200;

  private final Map<String, CallFlow> flows = new LinkedHashMap<>();
  private final Deque<SandboxTwilio.Create> creates = new ArrayDeque<>();
  private final Deque<SandboxCall> withSound = new ArrayDeque<>();

  synchronized void add(CallFlow flow) {
    flows.put(flow.call().callSid(), flow);
    if (flows.size() > MAX_CALLS) {
      flows.values().stream()
          .map(CallFlow::call)
          .filter(call -> call.finalStatus() != null)
          .findFirst()
          .ifPresent(call -> flows.remove(call.callSid()));
    }
  }

  synchronized void created(SandboxTwilio.Create create) {
    creates.add(create);
    if (creates.size() > MAX_CALLS) {
      creates.remove();
    }
  }

  synchronized void ended(SandboxCall call) {
    withSound.add(call);
    if (withSound.size() > MAX_SOUND) {
      withSound.remove().forgetSound();
    }
  }

  synchronized @Nullable CallFlow find(String callSid) {
    return flows.get(callSid);
  }

  synchronized void remove(String callSid) {
    flows.remove(callSid);
  }

  synchronized List<SandboxCall> calls() {
    return flows.values().stream().map(CallFlow::call).toList();
  }

  synchronized List<SandboxTwilio.Create> creates() {
    return new ArrayList<>(creates);
  }
}
