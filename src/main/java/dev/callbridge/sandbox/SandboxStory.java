package dev.callbridge.sandbox;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Transcripts;
import dev.callbridge.call.Turn;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.twilio.TwilioSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Tells how a simulated call went: what Twilio saw, what was said, what was stored.
@Component
@Profile("sandbox")
final class SandboxStory {

  private static final Retry UNTIL_STORED = Retry.fixedDelay(50, Duration.ofMillis(100));

  private final CallStore calls;
  private final Transcripts transcripts;
  private final TwilioSettings twilio;

  SandboxStory(CallStore calls, Transcripts transcripts, TwilioSettings twilio) {
    this.calls = calls;
    this.transcripts = transcripts;
    this.twilio = twilio;
  }

  Mono<String> tell(SandboxCall line) {
    return calls
        .findByTwilioSid(line.callSid())
        .filter(Call::isOver)
        .switchIfEmpty(Mono.error(() -> new IllegalStateException("the call is not over")))
        .retryWhen(UNTIL_STORED)
        .flatMap(
            call -> transcripts.of(call.id()).collectList().map(turns -> tell(line, call, turns)));
  }

  private String tell(SandboxCall line, Call call, List<Turn> turns) {
    StringBuilder text = new StringBuilder("SANDBOX: the call is over. What Twilio saw:\n\n");
    line.timeline().stream()
        .filter(step -> !step.kind().equals("mark"))
        .forEach(step ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "  %6.2f s  %-14s %s%n",
                    step.at().toMillis() / 1000.0,
                    step.kind(),
                    firstLine(step.detail()))));
    text.append("\nWhat was said, and what the caller heard of it:\n\n");
    for (Turn turn : turns) {
      text.append(String.format("  %-7s %s%n", turn.role(), turn.text()));
      if (!turn.heard().equals(turn.text())) {
        text.append(String.format("  heard   %s%n", turn.heard()));
      }
    }
    String origin = twilio.publicOrigin().toString();
    return text.append(
            """

            What was stored:  %s, ended by %s (%s), conversation %s

            Next, in another terminal: place a call, then look at it.

              curl -s -X POST %s/api/v1/calls -H 'X-API-Key: sandbox' -H 'Idempotency-Key: first-call' \\
                -H 'Content-Type: application/json' -d '{"to":"+15550002000","variables":{"name":"John"}}'
              curl -s %s/api/v1/calls/%s -H 'X-API-Key: sandbox'
              curl -s %s/api/v1/calls/%s/transcript -H 'X-API-Key: sandbox'

            The number decides who answers (+15550002001 is busy), "assistant" which agent ("dies" is lost
            in mid-call): docs/sandbox.md has the lists.
            """
                .formatted(
                    call.truth().outcome(),
                    call.truth().endedBy(),
                    call.truth().reason(),
                    call.truth().conversationId(),
                    origin,
                    origin,
                    call.id(),
                    origin,
                    call.id()))
        .toString();
  }

  private static String firstLine(String detail) {
    String line = detail.lines().findFirst().orElse("");
    return line.length() > 110 ? line.substring(0, 107) + "..." : line;
  }
}
