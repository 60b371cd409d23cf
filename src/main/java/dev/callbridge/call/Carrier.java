package dev.callbridge.call;

/// What brings a call's audio: `RELAY` the telephone network through Twilio, `BROWSER` a page of
/// ours, which no carrier knows of.
public enum Carrier {
  RELAY,
  BROWSER
}
