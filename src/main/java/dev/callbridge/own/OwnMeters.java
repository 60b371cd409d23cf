package dev.callbridge.own;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/// What is counted of our own agents.
@Component
final class OwnMeters {

  final Counter interruptions;
  final Counter secondModel;
  final Counter listeningAgain;

  OwnMeters(MeterRegistry meters) {
    interruptions = meters.counter("callbridge.own.interruptions");
    secondModel = meters.counter("callbridge.own.model.second");
    listeningAgain = meters.counter("callbridge.own.listening.again");
  }
}
