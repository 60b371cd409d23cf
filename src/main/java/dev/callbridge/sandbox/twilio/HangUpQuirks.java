package dev.callbridge.sandbox.twilio;

import dev.callbridge.sandbox.twilio.RestApi.Reply;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What some numbers of the [Directory] make of a request to end their call.
final class HangUpQuirks {

  /// Longer than anybody waits.
  private static final Duration NEVER = Duration.ofSeconds(30);

  private HangUpQuirks() {}

  /// @return null where the call is ended as it should be
  /// @throws RestError where Twilio refuses
  static @Nullable Reply answer(SandboxCall call) {
    int attempt = call.hangUpRequests();
    return switch (Directory.find(call.to()).quirk()) {
      case HANG_UP_FAILS_TWICE -> {
        if (attempt <= 2) {
          throw new RestError(500, 20500, "Internal Server Error");
        }
        yield null;
      }
      case HANG_UP_HANGS_ONCE -> attempt == 1 ? Reply.json(200, Map.of()).after(NEVER) : null;
      case HANG_UP_TOO_LATE -> {
        call.end("caller");
        throw RestError.notInProgress();
      }
      case HANG_UP_OF_NOBODY -> {
        call.end("caller");
        throw RestError.notFound(call.callSid());
      }
      default -> null;
    };
  }
}
