package dev.callbridge.steering;

import java.util.Map;
import java.util.UUID;

/// What somebody wants done in a call that is on.
///
/// @param givenBy the name of the key, or of the person
public record Command(UUID id, UUID callId, What what, String givenBy) {

  public enum Kind {
    CONTEXT,
    MESSAGE,
    TRANSFER,
    DIGITS,
    TAKE_OVER,
    UTTERANCE,
    HAND_BACK
  }

  /// The thing itself. Does not print: it is somebody's words, or what keys say about an account.
  public sealed interface What {

    default Kind kind() {
      return switch (this) {
        case Context _ -> Kind.CONTEXT;
        case Message _ -> Kind.MESSAGE;
        case Transfer _ -> Kind.TRANSFER;
        case Digits _ -> Kind.DIGITS;
        case TakeOver _ -> Kind.TAKE_OVER;
        case Utterance _ -> Kind.UTTERANCE;
        case HandBack _ -> Kind.HAND_BACK;
      };
    }
  }

  /// Something that the agent should know and not answer.
  public record Context(String text) implements What {
    @Override
    public String toString() {
      return "Context[" + text.length() + " characters]";
    }
  }

  /// Something that the agent is to answer as though the caller had said it.
  public record Message(String text) implements What {
    @Override
    public String toString() {
      return "Message[" + text.length() + " characters]";
    }
  }

  /// @param target a configured one's name; empty for the assistant's hand-off number
  /// @param summary what the person hears first, maybe nothing
  public record Transfer(String target, String summary) implements What {
    @Override
    public String toString() {
      return "Transfer[" + target + "]";
    }
  }

  /// @param keys of `0-9*#`, `w` and `W` for half a second and a second of silence
  public record Digits(String keys) implements What {
    @Override
    public String toString() {
      return "Digits[" + keys.length() + "]";
    }
  }

  /// The agent is to be silent, and whoever asks speaks in its place. Again by the same one: not
  /// gone.
  public record TakeOver() implements What {}

  /// Something that the caller is to hear from whoever has taken the call over.
  ///
  /// @param mulaw 8 kHz, in the agent's voice already
  // A record of one array is what it is: its identity is the command's.
  @SuppressWarnings("ArrayRecordComponent")
  public record Utterance(byte[] mulaw) implements What {
    public long millis() {
      return mulaw.length / 8;
    }

    @Override
    public String toString() {
      return "Utterance[" + millis() + " ms]";
    }
  }

  /// The agent is to have the call again.
  public record HandBack() implements What {}

  /// What everybody who may read of the call may know of the command. Keys may be a secret of the
  /// caller's: only how many there were.
  public Map<String, String> evidence() {
    return switch (what) {
      case Context(var text) -> evidence("text", text);
      case Message(var text) -> evidence("text", text);
      case Transfer(var target, _) -> evidence("target", target.isEmpty() ? "hand-off" : target);
      case Digits(var keys) -> evidence("keys", "" + keys.length());
      case Utterance utterance -> evidence("ms", "" + utterance.millis());
      case TakeOver _, HandBack _ -> Map.of("command", what.kind().name(), "by", givenBy);
    };
  }

  private Map<String, String> evidence(String name, String value) {
    return Map.of("command", what.kind().name(), "by", givenBy, name, value);
  }
}
