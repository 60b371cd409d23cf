package dev.callbridge.sandbox.twilio;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The shapes of the REST API: snake case, and strings for nearly everything.
final class RestJson {

  /// Twilio rates a call some time after its end; until then there is no price.
  private static final Duration RATED_AFTER = Duration.ofSeconds(2);

  private RestJson() {}

  static Map<String, Object> call(SandboxCall call) {
    String uri = uri(call.accountSid(), "Calls/" + call.callSid() + ".json");
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("sid", call.callSid());
    json.put("account_sid", call.accountSid());
    json.put("status", call.status());
    json.put("direction", call.direction());
    json.put("from", call.from());
    json.put("from_formatted", call.from());
    json.put("to", call.to());
    json.put("to_formatted", call.to());
    json.put("start_time", date(call.started()));
    json.put("end_time", date(call.finished()));
    json.put("duration", call.finished() == null ? null : Long.toString(call.seconds()));
    json.put("price", price(call));
    json.put("price_unit", "USD");
    json.put("answered_by", call.answeredBy());
    json.put("queue_time", "0");
    json.put("parent_call_sid", null);
    json.put("phone_number_sid", null);
    json.put("forwarded_from", null);
    json.put("caller_name", null);
    json.put("group_sid", null);
    json.put("trunk_sid", null);
    json.put("annotation", null);
    json.put("api_version", "2010-04-01");
    json.put("date_created", date(call.created()));
    Instant updated = call.finished() != null ? call.finished() : call.started();
    json.put("date_updated", date(updated == null ? call.created() : updated));
    json.put("uri", uri);
    json.put("subresource_uris", Map.of("recordings", uri.replace(".json", "/Recordings.json")));
    return unmodifiable(json);
  }

  static Map<String, Object> recording(SandboxCall call, Recording recording) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("sid", recording.sid());
    json.put("account_sid", call.accountSid());
    json.put("call_sid", call.callSid());
    json.put("conference_sid", null);
    json.put("status", call.finalStatus() == null ? "in-progress" : "completed");
    json.put("channels", recording.channels());
    json.put("source", "StartCallRecordingAPI");
    json.put("track", recording.track());
    json.put("start_time", Timestamps.rfc2822(recording.started()));
    json.put("duration", call.finished() == null ? "-1" : recording.seconds(call));
    json.put("price", null);
    json.put("price_unit", "USD");
    json.put("error_code", null);
    json.put("api_version", "2010-04-01");
    json.put("date_created", Timestamps.rfc2822(recording.started()));
    json.put("date_updated", Timestamps.rfc2822(recording.started()));
    json.put(
        "uri",
        uri(call.accountSid(), "Calls/" + call.callSid() + "/Recordings/" + recording.sid())
            + ".json");
    return unmodifiable(json);
  }

  /// @param otherwise what is not as it usually is
  static Map<String, Object> account(String accountSid, Map<String, @Nullable Object> otherwise) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("sid", accountSid);
    json.put("owner_account_sid", accountSid);
    json.put("friendly_name", "Sandbox");
    json.put("status", "active");
    json.put("type", "Full");
    json.put("date_created", Timestamps.rfc2822(Instant.EPOCH));
    json.put("date_updated", Timestamps.rfc2822(Instant.EPOCH));
    json.put("uri", "/2010-04-01/Accounts/" + accountSid + ".json");
    json.putAll(otherwise);
    return unmodifiable(json);
  }

  /// @param otherwise what is not as it is with a number that nobody has set up
  static Map<String, Object> number(
      String accountSid, String number, Map<String, @Nullable Object> otherwise) {
    String sid = "PN%032x".formatted(number.hashCode());
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("sid", sid);
    json.put("account_sid", accountSid);
    json.put("phone_number", number);
    json.put("friendly_name", number);
    json.put("capabilities", Map.of("voice", true, "sms", false, "mms", false, "fax", false));
    json.put("voice_url", null);
    json.put("voice_method", "POST");
    json.put("voice_fallback_url", null);
    json.put("voice_fallback_method", "POST");
    json.put("status_callback", null);
    json.put("status_callback_method", "POST");
    json.put("voice_application_sid", null);
    json.put("trunk_sid", null);
    json.put("voice_receive_mode", "voice");
    json.put("api_version", "2010-04-01");
    json.put("uri", uri(accountSid, "IncomingPhoneNumbers/" + sid + ".json"));
    json.putAll(otherwise);
    return unmodifiable(json);
  }

  /// One page of a list, under the list's own name.
  static Map<String, Object> page(
      String name, String uri, Form query, List<Map<String, Object>> everything) {
    int size = Math.clamp(number(query.get("PageSize"), 50), 1, 1000);
    int page = Math.max(0, number(query.get("Page"), 0));
    int from = (int) Math.min((long) page * size, everything.size());
    int until = Math.min(from + size, everything.size());
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put(name, everything.subList(from, until));
    json.put("page", page);
    json.put("page_size", size);
    json.put("start", from);
    json.put("end", Math.max(from, until - 1));
    json.put("uri", pageUri(uri, query, page, size));
    json.put("first_page_uri", pageUri(uri, query, 0, size));
    json.put(
        "next_page_uri", until < everything.size() ? pageUri(uri, query, page + 1, size) : null);
    json.put("previous_page_uri", page > 0 ? pageUri(uri, query, page - 1, size) : null);
    return unmodifiable(json);
  }

  static String uri(String accountSid, String resource) {
    return "/2010-04-01/Accounts/" + accountSid + "/" + resource;
  }

  private static String pageUri(String uri, Form query, int page, int size) {
    var parameters = new LinkedHashMap<String, String>();
    query.values().forEach((name, values) -> parameters.put(name, values.getFirst()));
    parameters.put("PageSize", Integer.toString(size));
    parameters.put("Page", Integer.toString(page));
    return uri + "?" + Form.encode(parameters);
  }

  private static int number(@Nullable String text, int otherwise) {
    try {
      return text == null ? otherwise : Integer.parseInt(text);
    } catch (NumberFormatException _) {
      return otherwise;
    }
  }

  private static @Nullable String price(SandboxCall call) {
    Instant finished = call.finished();
    boolean rated = finished != null && finished.plus(RATED_AFTER).isBefore(Instant.now());
    return rated && call.seconds() > 0 ? "-0.0140" : null;
  }

  private static @Nullable String date(@Nullable Instant at) {
    return at == null ? null : Timestamps.rfc2822(at);
  }

  /// Jackson writes nulls, and Twilio sends them; the type of a JSON object here leaves them out.
  @SuppressWarnings({"unchecked", "NullAway"})
  private static Map<String, Object> unmodifiable(Map<String, @Nullable Object> json) {
    return (Map<String, Object>) (Map<String, ?>) json;
  }
}
