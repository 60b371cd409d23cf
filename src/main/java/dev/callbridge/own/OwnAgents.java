package dev.callbridge.own;

import dev.callbridge.agent.Agent;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.OwnAgentSettings;
import dev.callbridge.speech.SpeechToText;
import dev.callbridge.speech.TextToSpeech;
import dev.callbridge.tools.Tool;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/// The agents that are put together here, one for each assistant that says how.
@Component
public final class OwnAgents {

  private final SpeechToText ear;
  private final TextToSpeech mouth;
  private final ToolCatalogue tools;
  private final OwnMeters meters;

  OwnAgents(
      SpeechToText ear,
      TextToSpeech mouth,
      ObjectProvider<ToolCatalogue> catalogue,
      ObjectProvider<Tool> tools,
      OwnMeters meters) {
    this.ear = ear;
    this.mouth = mouth;
    this.tools = catalogue.getIfAvailable(() -> names -> describe(tools, names));
    this.meters = meters;
  }

  /// @param own how it is put together
  public Agent of(Assistant assistant, OwnAgentSettings own) {
    return new OwnAgent(assistant, own, ear, mouth, brain(own), meters);
  }

  private Brain brain(OwnAgentSettings own) {
    List<ToolDescription> described = new ArrayList<>(tools.describe(own.tools()));
    described.add(Conversation.END_CALL);
    Brain first = new OpenAiBrain(own.model(), described);
    return own.fallbackModel() == null
        ? first
        : new SecondBrain(
            first, new OpenAiBrain(own.fallbackModel(), described), meters.secondModel::increment);
  }

  private static List<ToolDescription> describe(
      ObjectProvider<Tool> tools, @Nullable List<String> names) {
    return tools
        .orderedStream()
        .filter(tool -> names == null || names.contains(tool.name()))
        .map(tool -> new ToolDescription(tool.name(), tool.description(), tool.parameters()))
        .toList();
  }
}
