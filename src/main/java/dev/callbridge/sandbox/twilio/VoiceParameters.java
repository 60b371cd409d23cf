package dev.callbridge.sandbox.twilio;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The parameters of every voice request: the call, and both ends' whereabouts as far as known.
final class VoiceParameters {
  private VoiceParameters() {}

  static Map<String, String> of(SandboxCall call, CallStatus status) {
    var form = new LinkedHashMap<String, String>();
    form.put("CallSid", call.callSid());
    form.put("AccountSid", call.accountSid());
    form.put("From", call.from());
    form.put("To", call.to());
    form.put("CallStatus", status.wire);
    form.put("ApiVersion", "2010-04-01");
    form.put("Direction", call.direction());
    form.put("Caller", call.from());
    form.put("Called", call.to());
    for (String end : List.of("From", "To", "Caller", "Called")) {
      form.put(end + "City", "");
      form.put(end + "State", "");
      form.put(end + "Zip", "");
      form.put(end + "Country", "US");
    }
    return form;
  }
}
