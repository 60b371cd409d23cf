package dev.callbridge.twilio;

/// A frame that is not a Media Streams message.
public final class MediaStreamException extends RuntimeException {

  public MediaStreamException(String message) {
    // No stack trace: it says what a peer sent, not where our code was.
    super(message, null, false, false);
  }
}
