package dev.callbridge.sandbox.speech;

import java.time.Duration;

/// One recording: mu-law, 8 kHz, mono, no header.
///
/// The array is the recording itself, shared by everyone who plays it, and is not to be written to.
///
/// @param name unique among all clips, of both speakers
/// @param speaker `agent` or `caller`
/// @param text what is said, empty for a tone
@SuppressWarnings("ArrayRecordComponent")
public record Clip(String name, String speaker, String text, byte[] ulaw) {

  public Duration duration() {
    return Mulaw.duration(ulaw.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Clip clip && clip.name.equals(name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
