package dev.callbridge.agent;

import dev.callbridge.audio.Base64Text;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an agent does. The text kinds do not print: they are somebody's words.
public sealed interface FromAgent {

  /// The agent is there and listens.
  ///
  /// @param conversationId as the agent's platform knows it
  record Ready(String conversationId) implements FromAgent {}

  /// A stretch of the agent's voice. Dropped when an interruption of its event, or a later one, has
  /// come before it.
  ///
  /// @param eventId rises through a conversation
  /// @param payload base64 text, as bytes, of μ-law 8 kHz mono
  /// @param alignment which characters are spoken when, or null where the agent does not say
  record Audio(long eventId, byte[] payload, @Nullable Alignment alignment) implements FromAgent {

    /// How long it plays, at eight bytes a millisecond.
    public long millis() {
      return Base64Text.decodedLength(payload) / 8;
    }
  }

  /// The characters of one [Audio], each with the millisecond it begins at in that audio.
  record Alignment(String characters, int[] startMillis) {

    /// What has been said by then.
    public String until(long millis) {
      int spoken = 0;
      while (spoken < startMillis.length && startMillis[spoken] < millis) {
        spoken++;
      }
      return characters.substring(0, characters.offsetByCodePoints(0, spoken));
    }

    @Override
    public String toString() {
      return "Alignment[" + startMillis.length + " characters]";
    }
  }

  /// The answer whose first [Audio] comes next, by the agent's own stages, in milliseconds: from
  /// the end of the caller's speech to its being understood, from there to the first word thought
  /// of, from there to the audio. Null is what it cannot say.
  record Answering(@Nullable Integer commitMs, @Nullable Integer tokenMs, @Nullable Integer audioMs)
      implements FromAgent {}

  /// How far what was to be announced has come. The first says that this is an announcement: until
  /// it was heard to its end, the call did not do what it was for.
  record Announced(Progress progress) implements FromAgent {
    public enum Progress {
      UNHEARD,
      /// To its end, by the marks that came back.
      HEARD,
      CONFIRMED,
      /// It was heard, and nobody confirmed it.
      UNCONFIRMED
    }
  }

  /// A stage of the agent failed or was too slow, and something else took its place. Fixed words
  /// with underscores.
  ///
  /// @param stage such as `tts`
  /// @param used such as `http`
  /// @param reason what was wrong with what was used before
  record FellBack(String stage, String used, String reason) implements FromAgent {}

  /// The caller cut in: what is queued up to this event is not to be played.
  record Interruption(long eventId) implements FromAgent {}

  /// What the caller was understood to say.
  record CallerSaid(String text) implements FromAgent {
    @Override
    public String toString() {
      return "CallerSaid[" + text.length() + " characters]";
    }
  }

  /// A turn of the agent, whole, as it begins.
  record AgentSaid(String text) implements FromAgent {
    @Override
    public String toString() {
      return "AgentSaid[" + text.length() + " characters]";
    }
  }

  /// The agent's own account of how far its last turn got. Replaces that turn.
  record AgentCorrected(String text) implements FromAgent {
    @Override
    public String toString() {
      return "AgentCorrected[" + text.length() + " characters]";
    }
  }

  /// The agent asks for something to be done and waits for [ToAgent.ToolResult].
  record ToolCall(String toolCallId, String name, Map<String, Object> parameters)
      implements FromAgent {
    @Override
    public String toString() {
      return "ToolCall[" + name + "]";
    }
  }

  /// The agent is at something of its own that takes time, such as a tool of its platform.
  record Working() implements FromAgent {}

  /// The agent leaves the turn to the caller on purpose, and owes no answer.
  record Waiting() implements FromAgent {}

  /// The agent has said goodbye. Its audio plays out, then the call may end.
  record Goodbye() implements FromAgent {}
}
