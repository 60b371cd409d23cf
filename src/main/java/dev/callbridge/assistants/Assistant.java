package dev.callbridge.assistants;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// A named way to answer or place calls.
///
/// @param agentId the agent as ElevenLabs names it
/// @param firstMessage opens instead of the agent's own greeting; needs that override enabled
/// @param language overrides the agent's; needs that override enabled
/// @param voiceId overrides the agent's; needs that override enabled
/// @param maxDuration of one call
/// @param deadAir how long the agent may owe the caller a word before it counts as lost
/// @param greets the agent speaks first, so its greeting is owed too
/// @param unreachable spoken to the caller when the agent cannot be reached or is lost
/// @param reconnecting spoken before a second try to reach the agent
/// @param resuming opens the second try instead of `firstMessage`, where there is one
/// @param handOff spoken before a person is rung
/// @param spokenLanguage of these sentences, as Twilio's voices name it
/// @param handOffNumber who is rung then instead of hanging up, E.164, or null
/// @param machine what is done about a machine that answers, where that was asked to be found out
/// @param voicemailMessage left on a machine, its `{{variables}}` filled in; `LEAVE_MESSAGE` needs
///   one
/// @param own an agent that is put together here, and not one of ElevenLabs's, or null
public record Assistant(
    String agentId,
    @Nullable String firstMessage,
    @Nullable String language,
    @Nullable String voiceId,
    @DefaultValue("30m") Duration maxDuration,
    @DefaultValue("8s") Duration deadAir,
    @DefaultValue("true") boolean greets,
    @DefaultValue("I am sorry, I cannot talk to you right now. Please call again later.")
        String unreachable,
    @DefaultValue("One moment, please.") String reconnecting,
    @DefaultValue("I am sorry, we were cut off. Where were we?") String resuming,
    @DefaultValue("I am connecting you to a person.") String handOff,
    @DefaultValue("en-US") String spokenLanguage,
    @Nullable String handOffNumber,
    @DefaultValue("hang-up") MachinePolicy machine,
    @Nullable String voicemailMessage,
    @Nullable OwnAgentSettings own) {

  /// Stands for the agent's id where the agent is our own.
  public static final String OWN = "own";

  public Assistant {
    if (own != null && agentId == null) {
      agentId = OWN;
    }
    if (machine == MachinePolicy.LEAVE_MESSAGE
        && (voicemailMessage == null || voicemailMessage.isBlank())) {
      throw new IllegalArgumentException("machine: leave-message needs a voicemail-message");
    }
  }
}
