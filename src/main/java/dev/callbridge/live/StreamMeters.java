package dev.callbridge.live;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/// How many watch.
@Component
record StreamMeters(Subscribers subscribers) implements MeterBinder {

  @Override
  public void bindTo(MeterRegistry meters) {
    Gauge.builder("callbridge.streams.open", subscribers, Subscribers::count)
        .description("Event streams that are open")
        .register(meters);
  }
}
