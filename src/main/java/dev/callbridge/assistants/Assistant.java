package dev.callbridge.assistants;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// A named way to answer or place calls. In whatever is said, `{{name}}` is the call's variable of
/// that name.
///
/// @param agentId the agent as ElevenLabs names it
/// @param firstMessage opens instead of the agent's own greeting; needs that override enabled
/// @param language overrides the agent's; needs that override enabled
/// @param voiceId overrides the agent's; needs that override enabled
/// @param maxDuration of one call
/// @param deadAir how long the agent may owe the caller a word before it counts as lost
/// @param silence after so long in which neither side says anything the call is over; null for as
///   long as they like
/// @param greets the agent speaks first, so its greeting is owed too
/// @param unreachable spoken to the caller when the agent cannot be reached or is lost
/// @param reconnecting spoken before a second try to reach the agent
/// @param resuming opens the second try instead of `firstMessage`, where there is one
/// @param handOff spoken before a person is rung
/// @param spokenLanguage of these sentences, as Twilio's voices name it
/// @param handOffNumber who is rung then instead of hanging up, E.164, or null
/// @param machine what is done about a machine that answers, where that was asked to be found out
/// @param voicemailMessage left on a machine; `LEAVE_MESSAGE` needs one
/// @param sentences the same sentences in other languages, by the language of the call
/// @param requiredVariables a call that is to be placed and lacks one is refused
/// @param tools the only ones that its agent may use
/// @param numbers of ours, E.164: who rings one of them talks to this assistant
/// @param own an agent that is put together here, and not one of ElevenLabs's, or null
/// @param announcement what is said instead of talking, or null
/// @param lookup asked who is calling, before a call in is answered; null where nobody is
public record Assistant(
    @DefaultValue("elevenlabs") AgentKind kind,
    String agentId,
    @Nullable String firstMessage,
    @Nullable String language,
    @Nullable String voiceId,
    @DefaultValue("30m") Duration maxDuration,
    @DefaultValue("8s") Duration deadAir,
    @Nullable Duration silence,
    @DefaultValue("true") boolean greets,
    @DefaultValue(UNREACHABLE) String unreachable,
    @DefaultValue(RECONNECTING) String reconnecting,
    @DefaultValue(RESUMING) String resuming,
    @DefaultValue(HAND_OFF) String handOff,
    @DefaultValue(SPOKEN_LANGUAGE) String spokenLanguage,
    @Nullable String handOffNumber,
    @DefaultValue("hang-up") MachinePolicy machine,
    @Nullable String voicemailMessage,
    @DefaultValue Map<String, Sentences> sentences,
    @DefaultValue List<String> requiredVariables,
    @DefaultValue List<String> tools,
    @DefaultValue List<String> numbers,
    @Nullable URI lookup,
    @Nullable OwnAgentSettings own,
    @Nullable AnnouncementSettings announcement) {

  /// Stands for the agent's id where the agent is our own.
  public static final String OWN = "own";

  /// The same for one that announces.
  public static final String ANNOUNCEMENT = "announcement";

  private static final String UNREACHABLE =
      "I am sorry, I cannot talk to you right now. Please call again later.";
  private static final String RECONNECTING = "One moment, please.";
  private static final String RESUMING = "I am sorry, we were cut off. Where were we?";
  private static final String HAND_OFF = "I am connecting you to a person.";
  private static final String SPOKEN_LANGUAGE = "en-US";

  public Assistant {
    if (own != null && announcement != null) {
      throw new IllegalArgumentException("has both own and announcement: it is one of them");
    } else if (own != null) {
      kind = AgentKind.OWN;
      agentId = OWN;
    } else if (announcement != null) {
      kind = AgentKind.ANNOUNCEMENT;
      agentId = ANNOUNCEMENT;
    } else if (kind == AgentKind.ANNOUNCEMENT) {
      throw new IllegalArgumentException("kind: announcement needs announcement.text");
    } else if (kind == AgentKind.OWN) {
      throw new IllegalArgumentException("kind: own needs own.prompt and own.model");
    }
    sentences = Map.copyOf(sentences);
    requiredVariables = List.copyOf(requiredVariables);
    tools = List.copyOf(tools);
    numbers = List.copyOf(numbers);
    boolean leavesMessages = machine == MachinePolicy.LEAVE_MESSAGE;
    if (leavesMessages && (voicemailMessage == null || voicemailMessage.isBlank())) {
      throw new IllegalArgumentException("machine: leave-message needs a voicemail-message");
    }
    sentences.forEach((other, spoken) -> {
      String missing = spoken.missing(leavesMessages);
      if (missing != null) {
        throw new IllegalArgumentException("sentences." + other + " has no " + missing);
      }
    });
  }

  /// Whether its agent is one of ElevenLabs's, and not put together here.
  public boolean isOfElevenLabs() {
    return own == null && announcement == null;
  }

  /// With nothing said but whose agent it is.
  public static Assistant of(String agentId) {
    return new Assistant(
        AgentKind.ELEVENLABS,
        agentId,
        null,
        null,
        null,
        Duration.ofMinutes(30),
        Duration.ofSeconds(8),
        null,
        true,
        UNREACHABLE,
        RECONNECTING,
        RESUMING,
        HAND_OFF,
        SPOKEN_LANGUAGE,
        null,
        MachinePolicy.HANG_UP,
        null,
        Map.of(),
        List.of(),
        List.of(),
        List.of(),
        null,
        null,
        null);
  }

  /// The same with its sentences in the language of a call, where it has them in that.
  ///
  /// @param callLanguage null where the call says nothing other than the assistant
  public Assistant in(@Nullable String callLanguage) {
    Sentences spoken = Sentences.of(sentences, callLanguage != null ? callLanguage : language);
    return spoken == null
        ? this
        : new Assistant(
            kind,
            agentId,
            firstMessage,
            language,
            voiceId,
            maxDuration,
            deadAir,
            silence,
            greets,
            spoken.unreachable(),
            spoken.reconnecting(),
            spoken.resuming(),
            spoken.handOff(),
            spoken.spokenLanguage(),
            handOffNumber,
            machine,
            spoken.voicemailMessage(),
            sentences,
            requiredVariables,
            tools,
            numbers,
            lookup,
            own,
            announcement);
  }
}
