package dev.callbridge.sandbox.elevenlabs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/// Messages no client should fall over. None of them may change what the caller hears.
final class Mischief {

  /// The limit of the vendor's own client for one message.
  static final int MAX_MESSAGE = 16 << 20;

  private Mischief() {}

  /// Not JSON, not an object, not the right types, not audio. Fewer than a client needs to lose
  /// patience.
  static List<AgentWire.Outgoing> malformed(IntSupplier eventId) {
    Stream<AgentWire.Outgoing> texts =
        Stream.of(
                "this is not JSON",
                "{\"type\":\"audio\",\"audio_event\":{\"audio_base_64\":\"",
                "",
                "null",
                "42",
                "[{\"type\":\"ping\"}]",
                "{}",
                "{\"type\":7}",
                "{\"type\":\"audio\"}",
                "{\"type\":\"audio\",\"audio_event\":\"speech\"}",
                audio("*** not base64 ***", eventId),
                audio("", eventId),
                "{\"type\":\"ping\",\"ping_event\":{\"event_id\":\"nine\"}}",
                "{\"type\":\"agent_response\",\"agent_response_event\":{\"agent_response\":{}}}")
            .map(AgentWire.Outgoing.Text::new);
    byte[] binary = "{\"type\":\"binary\"}".getBytes(UTF_8);
    return Stream.concat(texts, Stream.of(new AgentWire.Outgoing.Binary(binary))).toList();
  }

  /// Every type that is rare, that only the REST interface names, or that nobody has named yet.
  static List<AgentWire.Outgoing> unknownEvents(IntSupplier eventId) {
    int id = eventId.getAsInt();
    return Stream.of(
            "{'type':'asr_initiation_metadata','asr_initiation_metadata_event':{'any':'thing'}}",
            "{'type':'agent_chat_response_part','text_response_part':"
                + "{'text':'','type':'start','event_id':"
                + id
                + "}}",
            "{'type':'agent_reasoning_response_part','reasoning_response_part':"
                + "{'text':'hm','type':'delta','event_id':'r-1'}}",
            "{'type':'agent_tool_request','agent_tool_request':{'tool_name':'weather',"
                + "'tool_call_id':'call_w','tool_type':'webhook','event_id':"
                + id
                + "}}",
            "{'type':'agent_tool_response_full_payload','agent_tool_response_full_payload':"
                + "{'tool_name':'weather','tool_call_id':'call_w','tool_type':'webhook',"
                + "'is_error':false,'is_called':true,'full_tool_result':'{}','event_id':"
                + id
                + "}}",
            "{'type':'mcp_tool_call','mcp_tool_call':{'service_id':'s','tool_call_id':'m',"
                + "'tool_name':'t','parameters':{},'timestamp':'2026-01-01T00:00:00Z',"
                + "'state':'loading'}}",
            "{'type':'mcp_connection_status','mcp_connection_status':{'integrations':[]}}",
            "{'type':'context_usage','context_usage_event':{'event_id':"
                + id
                + ",'model':'m','context_tokens':10,'context_limit_tokens':1000}}",
            "{'type':'guardrail_triggered'}",
            "{'type':'rich_content','rich_content':{'rich_content_id':'r','component':'card',"
                + "'props':{},'event_id':"
                + id
                + "}}",
            "{'type':'agent_typing','agent_typing_event':{'is_typing':true,'duration_ms':null}}",
            "{'type':'external_agent_connected'}",
            "{'type':'external_agent_disconnected','external_agent_disconnected_event':{}}",
            "{'type':'internal_turn_probability',"
                + "'turn_probability_internal_event':{'turn_probability':0.5}}",
            "{'type':'internal_tentative_agent_response',"
                + "'tentative_agent_response_internal_event':{'tentative_agent_response':'We'}}",
            "{'type':'agent_response_complete','agent_response_complete_event':{'event_id':"
                + id
                + "}}",
            "{'type':'agent_response_metadata'}",
            "{'type':'client_error','client_error_event':{'message':'none'}}",
            "{'type':'dtmf_request','dtmf_request_event':{'digits':'1'}}",
            "{'type':'event_of_tomorrow','event_of_tomorrow':[1,2,3],'type_version':2}")
        .map(json -> json.replace('\'', '"'))
        .<AgentWire.Outgoing>map(AgentWire.Outgoing.Text::new)
        .toList();
  }

  /// A well-formed `audio` message of silence, larger than a client has to accept.
  static AgentWire.Outgoing oversized(int eventId) {
    byte[] silence = new byte[MAX_MESSAGE / 4 * 3 + 3];
    Arrays.fill(silence, (byte) 0xFF);
    String base64 = Base64.getEncoder().encodeToString(silence);
    return new AgentWire.Outgoing.Text(
        AgentMessages.audio(new AgentVoice.Chunk(silence, base64, "null", 0), eventId));
  }

  private static String audio(String base64, IntSupplier eventId) {
    AgentVoice.Chunk chunk = new AgentVoice.Chunk(new byte[0], base64, "null", 0);
    return AgentMessages.audio(chunk, eventId.getAsInt());
  }
}
