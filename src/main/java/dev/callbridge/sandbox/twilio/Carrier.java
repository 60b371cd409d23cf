package dev.callbridge.sandbox.twilio;

import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// What every call shares: the settings, the clock, and the ways out to the server.
record Carrier(
    SandboxTwilio.Settings settings,
    Scheduler scheduler,
    Ticker ticker,
    WebhookClient webhooks,
    StreamDialer dialer) {

  /// A stretch of a person's time, shortened by the sandbox's speed-up.
  Mono<Long> pause(Duration length) {
    return Mono.delay(Duration.ofNanos((long) (length.toNanos() / settings.speedUp())), scheduler);
  }
}
