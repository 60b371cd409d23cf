package dev.callbridge.sandbox.twilio;

import java.util.LinkedHashMap;
import java.util.Map;

/// A refusal by the REST API, with Twilio's code for it.
final class RestError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  final int status;
  final int code;

  RestError(int status, int code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  static RestError badRequest(int code, String message) {
    return new RestError(400, code, message);
  }

  static RestError notFound(String resource) {
    return new RestError(404, 20404, "The requested resource " + resource + " was not found");
  }

  static RestError notInProgress() {
    return badRequest(21220, "Call is not in-progress. Cannot redirect.");
  }

  Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put("code", code);
    json.put("message", String.valueOf(getMessage()));
    json.put("more_info", "https://www.twilio.com/docs/errors/" + code);
    json.put("status", status);
    return json;
  }
}
