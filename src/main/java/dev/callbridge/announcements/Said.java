package dev.callbridge.announcements;

/// What becomes of a [Part] on its way to the caller.
sealed interface Said {

  record Sound(Part.Text text, byte[] ulaw) implements Said {}

  /// No voice speaks: `reason`.
  record Failed(String reason) implements Said {}

  /// All of that text was handed on.
  record Whole(Part.Text text) implements Said {}
}
