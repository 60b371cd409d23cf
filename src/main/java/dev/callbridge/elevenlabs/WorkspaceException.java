package dev.callbridge.elevenlabs;

import org.jspecify.annotations.Nullable;

/// Something of the workspace that could not be read, sorted by what that says.
public final class WorkspaceException extends RuntimeException {

  public enum Kind {
    /// There is no such thing, as ElevenLabs itself says.
    NOT_FOUND,
    /// There is no key to ask with.
    NO_KEY,
    /// The key is not accepted at all.
    KEY_REFUSED,
    /// The key is good, and not for this.
    NOT_ALLOWED,
    /// A time-out, a 429, a 5xx, no connection: it may be there.
    UNAVAILABLE,
    /// An answer, and no sense in it.
    UNREADABLE
  }

  private final Kind kind;

  WorkspaceException(Kind kind, String message) {
    super("ElevenLabs: " + message, null, false, false);
    this.kind = kind;
  }

  static WorkspaceException refusal(int status, @Nullable String code) {
    Kind kind =
        switch (status) {
          case 404 -> code == null ? Kind.UNREADABLE : Kind.NOT_FOUND;
          // A key that lacks a right is answered with 401 too, by another word.
          case 401 -> "invalid_api_key".equals(code) ? Kind.KEY_REFUSED : Kind.NOT_ALLOWED;
          case 402, 403 -> Kind.NOT_ALLOWED;
          case 408, 425, 429 -> Kind.UNAVAILABLE;
          default -> status >= 500 ? Kind.UNAVAILABLE : Kind.UNREADABLE;
        };
    return new WorkspaceException(kind, "status " + status + (code == null ? "" : ", " + code));
  }

  public Kind kind() {
    return kind;
  }
}
