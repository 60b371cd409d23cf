package dev.callbridge.load;

import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// Media Streams messages, field for field as Twilio sends them. `media` is in [MediaFrame].
final class TwilioMessages {

  static final String CONNECTED =
      "{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}";

  private TwilioMessages() {}

  static String start(
      String streamSid, String callSid, long sequenceNumber, Map<String, String> parameters) {
    return """
    {"event":"start","sequenceNumber":"%d","streamSid":"%s","start":{"accountSid":"%s",\
    "streamSid":"%s","callSid":"%s","tracks":["inbound"],"mediaFormat":\
    {"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{%s}}}\
    """
        .formatted(
            sequenceNumber,
            streamSid,
            Account.SID,
            streamSid,
            callSid,
            parameters.entrySet().stream()
                .map(parameter -> quoted(parameter.getKey()) + ":" + quoted(parameter.getValue()))
                .collect(Collectors.joining(",")));
  }

  static String mark(String streamSid, long sequenceNumber, String name) {
    return """
    {"event":"mark","sequenceNumber":"%d","streamSid":"%s","mark":{"name":%s}}\
    """
        .formatted(sequenceNumber, streamSid, quoted(name));
  }

  static String stop(String streamSid, String callSid, long sequenceNumber) {
    return """
    {"event":"stop","sequenceNumber":"%d","streamSid":"%s","stop":\
    {"accountSid":"%s","callSid":"%s"}}\
    """
        .formatted(sequenceNumber, streamSid, Account.SID, callSid);
  }

  private static String quoted(String text) {
    return JsonMapper.shared().writeValueAsString(text);
  }
}
