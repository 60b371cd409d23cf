package dev.callbridge.sandbox;

import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.InboundCall;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.sandbox.twilio.SandboxTwilio;
import dev.callbridge.twilio.TwilioSettings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/// Calls for as long as the settings say, and then the end of the process: one that writes down
/// what it has learned when it ends (`-XX:AOTCacheOutput`) has then learned to hold calls.
@Component
@Profile("sandbox")
final class SandboxRehearsal implements DisposableBean {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.sandbox");
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final int AT_ONCE = 10;

  /// Both kinds of agents, with and without tools, interruptions and another audio format.
  private static final List<String> ASSISTANTS =
      List.of("default", "own", "talkative", "own-talkative", "tool", "own-tool", "pcm_16000");

  private static final CallerScript CALLER =
      CallerScript.answers()
          .listens()
          .says("utterance-1")
          .interruptsAfter(Duration.ofSeconds(1), "interruption")
          .listens()
          .says("booking")
          .listens();

  private final SandboxSettings sandbox;
  private final SandboxTwilio carrier;
  private final TwilioSettings twilio;
  private final ConfigurableApplicationContext context;
  private Disposable holding = Disposables.disposed();

  SandboxRehearsal(
      SandboxSettings sandbox,
      SandboxTwilio carrier,
      TwilioSettings twilio,
      ConfigurableApplicationContext context) {
    this.sandbox = sandbox;
    this.carrier = carrier;
    this.twilio = twilio;
    this.context = context;
  }

  @EventListener(ApplicationReadyEvent.class)
  void hold() {
    if (sandbox.rehearsal().isZero()) {
      return;
    }
    LOG.info("SANDBOX: a rehearsal of {} s", sandbox.rehearsal().toSeconds());
    long end = System.nanoTime() + sandbox.rehearsal().toNanos();
    holding =
        Flux.range(0, AT_ONCE)
            .flatMap(
                number ->
                    Flux.defer(() -> call(number).settled().timeout(LONGEST))
                        .repeat(() -> System.nanoTime() < end),
                AT_ONCE)
            .count()
            .subscribe(
                calls -> {
                  LOG.info("SANDBOX: the rehearsal is over, after {} calls", calls);
                  exit(0);
                },
                e -> {
                  LOG.error("SANDBOX: a call of the rehearsal did not end as it should", e);
                  exit(1);
                });
  }

  private SandboxCall call(int number) {
    String assistant = ASSISTANTS.get(number % ASSISTANTS.size());
    return carrier.callIn(
        new InboundCall(
            twilio.webhook("/twilio/voice?assistant=" + assistant),
            "+15550009999",
            Objects.requireNonNull(twilio.phoneNumber()),
            CALLER,
            twilio.webhook("/twilio/status")));
  }

  /// On a thread that is not one of those that are about to end.
  private void exit(int code) {
    Thread.ofPlatform().start(() -> System.exit(SpringApplication.exit(context, () -> code)));
  }

  @Override
  public void destroy() {
    holding.dispose();
  }
}
