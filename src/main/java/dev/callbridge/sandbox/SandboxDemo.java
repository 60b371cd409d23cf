package dev.callbridge.sandbox;

import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.InboundCall;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.sandbox.twilio.SandboxTwilio;
import dev.callbridge.twilio.TwilioSettings;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;

/// One inbound call at the start, so that whoever starts the sandbox sees the whole path work, and
/// what to try next.
@Component
@Profile("sandbox")
final class SandboxDemo implements DisposableBean {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.sandbox");
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final CallerScript CALLER =
      CallerScript.answers().listens().says("booking").listens();

  private final SandboxSettings sandbox;
  private final SandboxTwilio carrier;
  private final TwilioSettings twilio;
  private final SandboxStory story;
  private Disposable telling = Disposables.disposed();

  SandboxDemo(
      SandboxSettings sandbox, SandboxTwilio carrier, TwilioSettings twilio, SandboxStory story) {
    this.sandbox = sandbox;
    this.carrier = carrier;
    this.twilio = twilio;
    this.story = story;
  }

  @EventListener(ApplicationReadyEvent.class)
  void call() {
    if (!sandbox.demo()) {
      return;
    }
    LOG.info("SANDBOX: somebody is calling {}, listen in on the log", twilio.phoneNumber());
    SandboxCall call =
        carrier.callIn(
            new InboundCall(
                twilio.webhook("/twilio/voice"),
                "+15550009999",
                Objects.requireNonNull(twilio.phoneNumber()),
                CALLER,
                twilio.webhook("/twilio/status")));
    telling =
        call.settled()
            .timeout(LONGEST)
            .flatMap(story::tell)
            .subscribe(
                text -> LOG.info("{}", text),
                e -> LOG.error("SANDBOX: the demonstration call did not end as it should", e));
  }

  @Override
  public void destroy() {
    telling.dispose();
  }
}
