package dev.callbridge.sandbox.twilio;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/// Somebody rings a number of ours.
///
/// @param voiceUrl the number's voice webhook
/// @param statusCallback the number's status callback, told of the end only
/// @param fallbackUrl asked for TwiML where the voice webhook, or one it leads to, fails
public record InboundCall(
    URI voiceUrl,
    String from,
    String to,
    CallerScript script,
    @Nullable URI statusCallback,
    @Nullable URI fallbackUrl) {

  public InboundCall(
      URI voiceUrl, String from, String to, CallerScript script, @Nullable URI statusCallback) {
    this(voiceUrl, from, to, script, statusCallback, null);
  }

  public InboundCall(URI voiceUrl, String from, String to, CallerScript script) {
    this(voiceUrl, from, to, script, null, null);
  }
}
