package dev.callbridge.sandbox.twilio;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/// Somebody rings a number of ours.
///
/// @param voiceUrl the number's voice webhook
/// @param statusCallback the number's status callback, told of the end only
/// @param fallbackUrl asked for TwiML where the voice webhook, or one it leads to, fails
/// @param streamsThrough host and port that its Media Streams are dialled at, whatever their URL
///   says; null for where that says
public record InboundCall(
    URI voiceUrl,
    String from,
    String to,
    CallerScript script,
    @Nullable URI statusCallback,
    @Nullable URI fallbackUrl,
    @Nullable String streamsThrough) {

  public InboundCall(
      URI voiceUrl,
      String from,
      String to,
      CallerScript script,
      @Nullable URI statusCallback,
      @Nullable URI fallbackUrl) {
    this(voiceUrl, from, to, script, statusCallback, fallbackUrl, null);
  }

  public InboundCall(
      URI voiceUrl, String from, String to, CallerScript script, @Nullable URI statusCallback) {
    this(voiceUrl, from, to, script, statusCallback, null);
  }

  public InboundCall(URI voiceUrl, String from, String to, CallerScript script) {
    this(voiceUrl, from, to, script, null, null);
  }

  public InboundCall withStreamsThrough(String authority) {
    return new InboundCall(voiceUrl, from, to, script, statusCallback, fallbackUrl, authority);
  }
}
