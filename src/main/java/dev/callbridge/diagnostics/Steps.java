package dev.callbridge.diagnostics;

import dev.callbridge.assistants.Assistant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/// Everything a call needs, in the order in which it needs it.
@Component
class Steps {

  /// Those that a call is refused for: they are known to fail for every call.
  private static final Set<String> DECIDING = Set.of(TwilioSteps.CREDENTIALS, AgentSteps.AGENT);

  /// Those that look at an agent of ElevenLabs's, which an agent of our own is not.
  private static final Set<String> OF_ELEVENLABS =
      Set.of(
          AgentSteps.SIGNED_URL,
          AgentSteps.CIRCUIT,
          AgentSteps.AGENT,
          ProfileSteps.AUDIO,
          ProfileSteps.EVENTS,
          ProfileSteps.OVERRIDES,
          ProfileSteps.VARIABLES,
          RoomSteps.CONCURRENCY);

  private final List<Step> all;

  Steps(
      SettingsStep settings,
      OriginSteps origin,
      DatabaseStep database,
      TwilioSteps twilio,
      NumberSteps number,
      AgentSteps agent,
      ProfileSteps profile,
      RoomSteps room) {
    all =
        Stream.of(
                List.of(settings.step()),
                origin.steps(),
                List.of(database.step()),
                twilio.steps(),
                number.steps(),
                agent.steps(),
                profile.steps(),
                room.steps())
            .flatMap(List::stream)
            .toList();
  }

  List<Step> all() {
    return all;
  }

  List<Step> of(Assistant assistant) {
    return all.stream().filter(step -> concerns(step, assistant)).toList();
  }

  static boolean concerns(Step step, Assistant assistant) {
    return assistant.isOfElevenLabs() || !OF_ELEVENLABS.contains(step.id());
  }

  List<Step> deciding() {
    return all.stream().filter(step -> DECIDING.contains(step.id())).toList();
  }
}
