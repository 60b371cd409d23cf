package dev.callbridge.sandbox.twilio;

import java.util.Map;

/// Where a call's next TwiML comes from.
sealed interface Instructions {

  record Fetch(String url, String method, Map<String, String> more) implements Instructions {}

  record Inline(String twiml) implements Instructions {}
}
