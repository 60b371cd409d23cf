package dev.callbridge.sandbox.twilio;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a `<Stream>` leads, with everything in its attributes resolved.
///
/// @param url as the TwiML has it; it is both dialled and signed
record StreamTarget(
    String streamSid,
    String url,
    String name,
    @Nullable String statusCallback,
    String statusCallbackMethod,
    Map<String, String> parameters) {}
