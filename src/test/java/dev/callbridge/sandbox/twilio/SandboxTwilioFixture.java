package dev.callbridge.sandbox.twilio;

import static dev.callbridge.sandbox.twilio.ScriptedServer.soon;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;

/// A sandbox and a scripted server that talk to each other; people are twenty times faster.
abstract class SandboxTwilioFixture {
  static final String ACCOUNT = "AC00000000000000000000000000000001";
  static final String TOKEN = "12345";
  static final SandboxTwilio.Settings SETTINGS =
      new SandboxTwilio.Settings("127.0.0.1", 0, ACCOUNT, TOKEN, true).withSpeedUp(20);

  final ScriptedServer server = new ScriptedServer();
  final SandboxTwilio twilio = SandboxTwilio.start(SETTINGS);
  final RestClient rest = new RestClient(twilio, ACCOUNT, TOKEN);

  @AfterEach
  void close() {
    rest.close();
    twilio.close();
    server.close();
  }

  /// Rings in at `/voice` of the scripted server.
  SandboxCall callIn(CallerScript script) {
    return twilio.callIn(
        new InboundCall(
            URI.create(server.http("/voice")),
            "+15551112222",
            "+15553334444",
            script,
            URI.create(server.http("/status")),
            URI.create(server.http("/fallback"))));
  }

  SandboxCall callIn() {
    return callIn(CallerScript.answers());
  }

  /// Places a call whose TwiML comes from `/voice`, with every status event asked for.
  SandboxCall place(String to, Map<String, String> more) {
    var form = new LinkedHashMap<String, String>();
    form.put("Url", server.http("/voice"));
    form.put("StatusCallback", server.http("/status"));
    form.putAll(more);
    var call = rest.create(to, form);
    if (call.status() != 201) {
      throw new AssertionError(call);
    }
    return Objects.requireNonNull(twilio.call(call.get("sid")));
  }

  static SandboxCall over(SandboxCall call) {
    return soon(call.ended());
  }

  static SandboxCall settled(SandboxCall call) {
    return soon(call.settled());
  }

  static byte[] speech(Duration length) {
    return Mulaw.tone(440, (int) length.toMillis());
  }
}
