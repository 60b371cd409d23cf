package dev.callbridge.assistants;

import dev.callbridge.secrets.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// An agent that is put together here: speech-to-text, a language model or Dialogflow,
/// text-to-speech.
///
/// @param prompt what the model is told it is; `{{variables}}` are the call's
/// @param model answers, or null where Dialogflow does
/// @param dialogflow answers instead, or null
/// @param fallbackModel asked where the first has not begun to answer in time, or null
/// @param voiceId speaks, where neither the call nor the assistant names a voice
/// @param speakBy which way of text-to-speech is used, where none has failed
/// @param firstAudio a way of speaking that takes longer to its first audio is left for the next
/// @param pronunciations dictionaries of the account, three at most
/// @param endOfTurn so long a pause ends what the caller says
/// @param interruptBy what stops it in mid-speech before the caller has paused
/// @param interruptWords so many words of the caller's stop it in mid-speech; sounds such as
///   "mm-hm" are none; where partials interrupt
/// @param interruptAfter it is stopped no sooner than this into what the caller says
/// @param interruptLoud so long a caller has to be loud, where energy interrupts
/// @param filler spoken while a tool runs, where it has said nothing before; empty for nothing
/// @param stillThere spoken when nobody has said anything for `silence`; empty for nothing
/// @param silence how long that is
/// @param prompts so many times, then it says goodbye
/// @param goodbye its words
public record OwnAgentSettings(
    @DefaultValue(PROMPT) String prompt,
    @Nullable Model model,
    @Nullable DialogflowSettings dialogflow,
    @Nullable Model fallbackModel,
    @DefaultValue(VOICE) String voiceId,
    @DefaultValue(SPEECH_MODEL) String speechModel,
    @DefaultValue(TRANSCRIPTION_MODEL) String transcriptionModel,
    @DefaultValue("0.5") double stability,
    @DefaultValue("0.75") double similarityBoost,
    @DefaultValue("0") double style,
    @DefaultValue("true") boolean speakerBoost,
    @DefaultValue("1") double speed,
    @DefaultValue("multi-context") SpeakBy speakBy,
    @DefaultValue("2s") Duration firstAudio,
    @DefaultValue List<Pronunciation> pronunciations,
    @DefaultValue("600ms") Duration endOfTurn,
    @DefaultValue("partials") InterruptBy interruptBy,
    @DefaultValue("2") int interruptWords,
    @DefaultValue("300ms") Duration interruptAfter,
    @DefaultValue("700ms") Duration interruptLoud,
    @DefaultValue(FILLER) String filler,
    @DefaultValue(STILL_THERE) String stillThere,
    @DefaultValue("15s") Duration silence,
    @DefaultValue("2") int prompts,
    @DefaultValue(GOODBYE) String goodbye) {

  static final String OPENAI = "https://api.openai.com/v1";
  static final String PROMPT = "You answer the telephone. Be brief and friendly.";
  static final String VOICE = "21m00Tcm4TlvDq8ikWAM";
  static final String SPEECH_MODEL = "eleven_flash_v2_5";
  static final String TRANSCRIPTION_MODEL = "scribe_v2_realtime";
  static final String FILLER = "One moment, please.";
  static final String STILL_THERE = "Are you still there?";
  static final String GOODBYE = "Thank you for calling. Goodbye.";
  static final Duration FIRST_TOKEN = Duration.ofSeconds(4);

  private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "localhost", "[::1]");
  private static final int MAX_PRONUNCIATIONS = 3;

  /// What tells that a caller speaks over it.
  public enum InterruptBy {
    /// Words, as speech-to-text understands them while they are spoken.
    PARTIALS,
    /// How loud the line is, at once and whatever is said.
    ENERGY
  }

  /// ElevenLabs's ways of text-to-speech.
  public enum SpeakBy {
    /// One socket for a call, a context for each turn.
    MULTI_CONTEXT,
    /// A socket for each turn.
    SINGLE_CONTEXT,
    /// A request for each sentence.
    HTTP
  }

  /// An OpenAI-compatible endpoint.
  ///
  /// @param endpoint where its address and key are from, by a name of [ModelEndpoints], or null
  /// @param url up to and without `/chat/completions`
  /// @param apiKey null where none is needed; goes out by https only
  /// @param firstToken it has begun to answer by then
  public record Model(
      @Nullable String endpoint,
      @DefaultValue(OPENAI) URI url,
      String name,
      @Nullable Secret apiKey,
      @DefaultValue("4s") Duration firstToken) {

    public Model {
      if (name == null || name.isBlank()) {
        throw new IllegalArgumentException("own.model: needs a name");
      }
      check("own.model", url, apiKey);
    }

    static void check(String field, URI url, @Nullable Secret apiKey) {
      if (url.getHost() == null || url.getUserInfo() != null) {
        throw new IllegalArgumentException(field + ": the url is none such as https://host/v1");
      } else if (apiKey != null && !"https".equals(url.getScheme()) && !isThisMachine(url)) {
        throw new IllegalArgumentException(field + ": a key is sent by https only");
      }
    }

    @Override
    public String toString() {
      return "Model[" + name + " at " + url.getHost() + "]";
    }
  }

  /// A dictionary of ElevenLabs's, by its id and the id of one of its versions.
  public record Pronunciation(String id, String version) {

    public Pronunciation {
      if (id == null || version == null || !(id + version).matches("[A-Za-z0-9_-]{2,200}")) {
        throw new IllegalArgumentException("own.pronunciations: needs an id and a version");
      }
    }
  }

  public OwnAgentSettings {
    pronunciations = List.copyOf(pronunciations);
    range("pronunciations", pronunciations.size(), 0, MAX_PRONUNCIATIONS);
    range("first-audio", firstAudio.toMillis() / 1000.0, 0.1, 5);
    range("stability", stability, 0, 1);
    range("similarity-boost", similarityBoost, 0, 1);
    range("style", style, 0, 1);
    range("speed", speed, 0.7, 1.2);
    range("interrupt-words", interruptWords, 1, 20);
    range("interrupt-loud", interruptLoud.toMillis() / 1000.0, 0.1, 5);
    range("end-of-turn", endOfTurn.toMillis() / 1000.0, 0.3, 3);
    range("prompts", prompts, 0, 10);
    if ((model == null) == (dialogflow == null)) {
      throw new IllegalArgumentException("own: needs either a model or dialogflow");
    }
  }

  static boolean isThisMachine(URI url) {
    return THIS_MACHINE.contains(String.valueOf(url.getHost()));
  }

  static void range(String field, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "own: %s is %s, not from %s to %s".formatted(field, value, least, most));
    }
  }

  /// Prompts are somebody's business.
  @Override
  public String toString() {
    return "OwnAgentSettings[" + (model == null ? dialogflow : model) + "]";
  }
}
