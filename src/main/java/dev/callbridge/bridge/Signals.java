package dev.callbridge.bridge;

import dev.callbridge.call.RelaySettings;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.DefaultLifecycleProcessor;
import sun.misc.Signal;

/// What a process does when it is asked to stop: once, and it drains; twice, and it stops waiting.
/// Either way it ends with 0, its outcomes written.
@Configuration(proxyBeanMethods = false)
class Signals {

  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
  private static final Duration OTHER_PHASES = Duration.ofSeconds(15);
  private static final Duration SLACK = Duration.ofSeconds(10);

  /// Draining may take long; nothing else may.
  @Bean
  static DefaultLifecycleProcessor lifecycleProcessor(RelaySettings settings) {
    var processor = new DefaultLifecycleProcessor();
    processor.setTimeoutPerShutdownPhase(OTHER_PHASES.toMillis());
    processor.setTimeoutForShutdownPhase(
        Draining.PHASE, settings.drainLimit().plus(SLACK).toMillis());
    return processor;
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBooleanProperty("callbridge.relay.signals")
  static class Handling {

    private final ApplicationContext context;
    private final Draining draining;
    private final AtomicBoolean stopping = new AtomicBoolean();

    Handling(ApplicationContext context, Draining draining) {
      this.context = context;
      this.draining = draining;
    }

    @EventListener
    void listen(ContextRefreshedEvent refreshed) {
      if (refreshed.getApplicationContext() == context) {
        Signal.handle(new Signal("TERM"), this::stop);
        Signal.handle(new Signal("INT"), this::stop);
      }
    }

    private void stop(Signal signal) {
      if (stopping.compareAndSet(false, true)) {
        LOG.info("SIG{}: stopping", signal.getName());
        Thread.ofPlatform().start(() -> System.exit(SpringApplication.exit(context)));
      } else {
        LOG.info("SIG{} again: not waiting for calls any longer", signal.getName());
        draining.hurry();
      }
    }
  }
}
