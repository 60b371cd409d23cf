package dev.callbridge.load;

import java.net.URI;
import java.util.Map;

/// Who takes the calls that were rung.
interface Switchboard {

  /// @param stream where the TwiML has the audio go
  void connect(
      int number, String callSid, URI stream, String signature, Map<String, String> parameters);

  void fail(String why);

  void webhookTook(long nanos);
}
