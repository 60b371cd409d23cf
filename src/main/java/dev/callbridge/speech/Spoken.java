package dev.callbridge.speech;

import dev.callbridge.agent.FromAgent.Alignment;
import org.jspecify.annotations.Nullable;

/// What text-to-speech answers. A context is one stretch of text; its audio comes in order.
public sealed interface Spoken {

  /// The socket is there.
  record Opened() implements Spoken {}

  /// @param payload base64 text, as bytes, of μ-law 8 kHz mono, cut anywhere
  /// @param alignment which characters are spoken when in it, or null
  /// @param isLast as [Finished] after it
  record Sound(String context, byte[] payload, @Nullable Alignment alignment, boolean isLast)
      implements Spoken {}

  /// The phrase of this context is not there, and could not be made in time.
  record Missed(String context) implements Spoken {}

  /// Nothing more is spoken this way.
  ///
  /// @param reason begins with `tts_`
  record Failed(String reason) implements Spoken {}

  /// No more audio of this context will come, and it is none of the five any more.
  record Finished(String context) implements Spoken {}
}
