package dev.callbridge.sandbox.twilio;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Writes one stream's messages and counts them. Not thread-safe: the stream guards it.
final class StreamWriter {
  static final String CONNECTED =
      """
      {"event":"connected","protocol":"Call","version":"1.0.0"}\
      """;

  private static final JsonMapper JSON = new JsonMapper();

  private final String accountSid;
  private final String callSid;
  private final String streamSid;
  private long sequence;
  private long chunk;

  StreamWriter(String accountSid, String callSid, String streamSid) {
    this.accountSid = accountSid;
    this.callSid = callSid;
    this.streamSid = streamSid;
  }

  String start(Map<String, String> parameters) {
    var format = new LinkedHashMap<String, Object>();
    format.put("encoding", "audio/x-mulaw");
    format.put("sampleRate", 8000);
    format.put("channels", 1);
    var start = new LinkedHashMap<String, Object>();
    start.put("accountSid", accountSid);
    start.put("streamSid", streamSid);
    start.put("callSid", callSid);
    start.put("tracks", List.of("inbound"));
    start.put("mediaFormat", format);
    start.put("customParameters", parameters);
    return message("start", start);
  }

  /// Fifty a second on every call, so written by hand.
  String media(byte[] frame) {
    sequence++;
    chunk++;
    return "{\"event\":\"media\",\"sequenceNumber\":\""
        + sequence
        + "\",\"streamSid\":\""
        + streamSid
        + "\",\"media\":{\"track\":\"inbound\",\"chunk\":\""
        + chunk
        + "\",\"timestamp\":\""
        + (chunk - 1) * 20
        + "\",\"payload\":\""
        + Base64.getEncoder().encodeToString(frame)
        + "\"}}";
  }

  /// Counts frames that were not sent, so that the next one has its right time.
  void skip(long frames) {
    chunk += frames;
  }

  String dtmf(char digit) {
    var dtmf = new LinkedHashMap<String, Object>();
    dtmf.put("track", "inbound_track");
    dtmf.put("digit", String.valueOf(digit));
    return message("dtmf", dtmf);
  }

  String mark(String name) {
    return message("mark", Map.of("name", name));
  }

  String stop() {
    var stop = new LinkedHashMap<String, Object>();
    stop.put("accountSid", accountSid);
    stop.put("callSid", callSid);
    return message("stop", stop);
  }

  private String message(String event, Map<String, ?> body) {
    var message = new LinkedHashMap<String, Object>();
    message.put("event", event);
    message.put("sequenceNumber", Long.toString(++sequence));
    message.put("streamSid", streamSid);
    message.put(event, body);
    return JSON.writeValueAsString(message);
  }
}
