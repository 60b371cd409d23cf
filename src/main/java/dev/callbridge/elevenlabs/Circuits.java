package dev.callbridge.elevenlabs;

import dev.callbridge.secrets.Secret;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/// One circuit for each API key, and one for each agent. Both are named in the settings, so there
/// are only so many.
@Component
final class Circuits {

  private final MeterRegistry meters;
  private final LongSupplier nanoTime;
  private final Map<Secret, Circuit> keys = new ConcurrentHashMap<>();
  private final Map<String, AgentCircuit> agents = new ConcurrentHashMap<>();

  @Autowired
  Circuits(MeterRegistry meters) {
    this(meters, System::nanoTime);
  }

  Circuits(MeterRegistry meters, LongSupplier nanoTime) {
    this.meters = meters;
    this.nanoTime = nanoTime;
    meters.counter("callbridge.agent.circuit.opened", "reason", AgentCircuit.QUICK_FAILURES);
    meters.counter("callbridge.agent.circuit.refused", "reason", AgentCircuit.QUICK_FAILURES);
    meters.gauge("callbridge.agent.circuits.open", this, Circuits::open);
  }

  Circuit ofKey(Secret apiKey) {
    return keys.computeIfAbsent(apiKey, _ -> new Circuit(meters, nanoTime));
  }

  AgentCircuit ofAgent(String agentId) {
    return agents.computeIfAbsent(
        agentId, _ -> new AgentCircuit(new Circuit(meters, nanoTime), nanoTime));
  }

  private double open() {
    return keys.values().stream().filter(Circuit::isOpen).count()
        + agents.values().stream().filter(AgentCircuit::isOpen).count();
  }
}
