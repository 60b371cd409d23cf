package dev.callbridge.bridge;

import dev.callbridge.audio.Dtmf;
import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolRequest;
import dev.callbridge.tools.ToolResult;
import java.time.Duration;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Presses keys, as sound in the agent's own voice stream: Twilio's `<Play digits>` would end the
/// stream, and the agent with it.
@Component
final class SendDigits implements Tool {

  private final LiveSessions sessions;

  SendDigits(LiveSessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public String name() {
    return "send_digits";
  }

  @Override
  public String description() {
    return "Presses keys of the telephone, such as for a menu that asks for them. Says nothing.";
  }

  @Override
  public String parameters() {
    return """
    {"type":"object","additionalProperties":false,"required":["digits"],"properties":{
      "digits":{"type":"string","pattern":"^[0-9A-D*#w]{1,24}$",
        "description":"The keys, such as 12#. w waits for half a second"}}}
    """;
  }

  @Override
  public Duration deadline() {
    return Duration.ofSeconds(15);
  }

  /// Emits when they can have been heard, so that the agent does not speak into them.
  @Override
  public Mono<ToolResult> run(ToolRequest request) {
    byte[] sound = Dtmf.of(request.arguments().path("digits").asString(""));
    return Mono.defer(() ->
        sessions
            .of(request.callId())
            .filter(session -> session.play(sound))
            .map(_ ->
                Mono.delay(Duration.ofMillis(sound.length / 8))
                    .thenReturn(ToolResult.done("{\"sent\":true}")))
            .orElseGet(() -> Mono.just(ToolResult.refused("Keys cannot be pressed now."))));
  }
}
