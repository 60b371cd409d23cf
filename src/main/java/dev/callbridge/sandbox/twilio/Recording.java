package dev.callbridge.sandbox.twilio;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A recording begun on a live call. It lasts until the call ends; its sound is not kept.
record Recording(
    String sid,
    Instant started,
    int channels,
    String track,
    @Nullable String statusCallback,
    String statusCallbackMethod) {

  static Recording of(Form form) {
    return new Recording(
        Sids.next("RE"),
        Instant.now(),
        form.get("RecordingChannels", "mono").equals("dual") ? 2 : 1,
        form.get("RecordingTrack", "both"),
        form.get("RecordingStatusCallback"),
        form.get("RecordingStatusCallbackMethod", "POST"));
  }

  String seconds(SandboxCall call) {
    Instant end = call.finished() == null ? Instant.now() : call.finished();
    return Long.toString(Duration.between(started, end).toSeconds());
  }

  Map<String, String> completed(SandboxCall call, String apiUrl) {
    var form = new LinkedHashMap<String, String>();
    form.put("AccountSid", call.accountSid());
    form.put("CallSid", call.callSid());
    form.put("RecordingSid", sid);
    form.put("RecordingUrl", apiUrl + RestJson.uri(call.accountSid(), "Recordings/" + sid));
    form.put("RecordingStatus", "completed");
    form.put("RecordingDuration", seconds(call));
    form.put("RecordingChannels", Integer.toString(channels));
    form.put("RecordingStartTime", Timestamps.rfc2822(started));
    form.put("RecordingSource", "StartCallRecordingAPI");
    form.put("RecordingTrack", track);
    return form;
  }
}
