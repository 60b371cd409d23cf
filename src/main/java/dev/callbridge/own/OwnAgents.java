package dev.callbridge.own;

import dev.callbridge.agent.Agent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.DialogflowSettings;
import dev.callbridge.assistants.OwnAgentSettings;
import dev.callbridge.speech.Phrases;
import dev.callbridge.speech.SpeechToText;
import dev.callbridge.speech.Synthesis;
import dev.callbridge.speech.TextToSpeech;
import dev.callbridge.tools.Tool;
import dev.callbridge.tools.ToolBox;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.springframework.stereotype.Component;

/// The agents that are put together here, one for each assistant that says how.
@Component
public final class OwnAgents {

  private final SpeechToText ear;
  private final TextToSpeech mouth;
  private final Synthesis synthesis;
  private final Phrases phrases;
  private final ToolBox tools;
  private final OwnMeters meters;
  private final GoogleAccess google;

  OwnAgents(
      SpeechToText ear,
      TextToSpeech mouth,
      Synthesis synthesis,
      Phrases phrases,
      ToolBox tools,
      OwnMeters meters,
      GoogleAccess google) {
    this.ear = ear;
    this.mouth = mouth;
    this.synthesis = synthesis;
    this.phrases = phrases;
    this.tools = tools;
    this.meters = meters;
    this.google = google;
  }

  /// @param own how it is put together
  public Agent of(Assistant assistant, OwnAgentSettings own) {
    return new OwnAgent(
        assistant,
        own,
        ear,
        mouth,
        new HttpMouth(synthesis),
        new PhraseMouth(phrases, own.firstAudio()),
        introduction -> brain(assistant, own, introduction),
        meters);
  }

  private Brain brain(Assistant assistant, OwnAgentSettings own, Introduction introduction) {
    List<ToolDescription> described = described(assistant);
    Brain first = first(own, described, introduction);
    return own.fallbackModel() == null
        ? first
        : new SecondBrain(
            first, new OpenAiBrain(own.fallbackModel(), described), meters.secondModel::increment);
  }

  private Brain first(
      OwnAgentSettings own, List<ToolDescription> described, Introduction introduction) {
    if (own.model() != null) {
      return new OpenAiBrain(own.model(), described);
    }
    DialogflowSettings dialogflow = Objects.requireNonNull(own.dialogflow());
    return new DialogflowBrain(dialogflow, google, introduction);
  }

  /// Ending the call is its own doing, and needs nobody's permission.
  private List<ToolDescription> described(Assistant assistant) {
    Set<String> names = new HashSet<>(assistant.tools());
    names.remove(Conversation.END_CALL.name());
    List<ToolDescription> described = new ArrayList<>();
    for (Tool tool : tools.tools(names)) {
      described.add(new ToolDescription(tool.name(), tool.description(), tool.parameters()));
    }
    described.add(Conversation.END_CALL);
    return described;
  }
}
