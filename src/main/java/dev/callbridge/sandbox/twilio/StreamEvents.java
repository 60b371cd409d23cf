package dev.callbridge.sandbox.twilio;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// Tells a stream's `statusCallback` what became of it.
record StreamEvents(SandboxCall call, CallbackQueue queue) {

  void started(StreamTarget stream) {
    report(stream, "stream-started", Map.of());
  }

  void stopped(StreamTarget stream) {
    report(stream, "stream-stopped", Map.of());
  }

  void failed(StreamTarget stream, String why) {
    report(stream, "stream-error", Map.of("StreamError", why));
  }

  private void report(StreamTarget stream, String event, Map<String, String> more) {
    if (stream.statusCallback() == null) {
      return;
    }
    var form = new LinkedHashMap<String, String>();
    form.put("AccountSid", call.accountSid());
    form.put("CallSid", call.callSid());
    form.put("StreamSid", stream.streamSid());
    form.put("StreamName", stream.name());
    form.put("StreamEvent", event);
    form.put("Timestamp", Timestamps.iso8601(Instant.now()));
    form.putAll(more);
    queue.add(stream.statusCallback(), stream.statusCallbackMethod(), form);
  }
}
