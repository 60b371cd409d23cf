package dev.callbridge.sandbox.twilio;

import java.time.Duration;

/// The sound of one `media` message on its way through the playback buffer.
///
/// Changed only by the stream that received it; the counters may be read by anyone.
final class Piece {
  private static final byte[] NOTHING = {};

  private final Duration at;
  private final int size;
  private byte[] audio;
  private volatile int played;
  private volatile int cleared;
  private volatile boolean dropped;

  Piece(Duration at, byte[] audio) {
    this.at = at;
    this.size = audio.length;
    this.audio = audio;
  }

  int remaining() {
    return audio.length == 0 ? 0 : size - played;
  }

  /// Plays up to `room` bytes into a frame and says how many that were.
  int playInto(byte[] frame, int offset, int room) {
    int length = Math.min(room, remaining());
    System.arraycopy(audio, played, frame, offset, length);
    int now = played + length;
    played = now;
    if (now == size) {
      audio = NOTHING;
    }
    return length;
  }

  void clear() {
    cleared = remaining();
    audio = NOTHING;
  }

  void drop() {
    dropped = true;
    audio = NOTHING;
  }

  SandboxCall.Received snapshot() {
    return new SandboxCall.Received(at, size, played, cleared, dropped);
  }
}
