package dev.callbridge.diagnostics;

import dev.callbridge.assistants.AgentReach.Brought;
import dev.callbridge.assistants.AgentReach.Unfit;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.elevenlabs.AgentProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Whether the agent is set up for the telephone.
@Component
class ProfileSteps {

  static final String AUDIO = "agent-audio";
  static final String EVENTS = "agent-client-events";
  static final String OVERRIDES = "agent-overrides";
  static final String VARIABLES = "agent-variables";

  private static final String MU_LAW = "ulaw_8000";

  /// Without these there is no conversation; without the others there is half of one.
  private static final Set<String> INDISPENSABLE =
      Set.of("conversation_initiation_metadata", "audio");

  private static final Map<String, String> USED = used();

  private final Facts facts;

  ProfileSteps(Facts facts) {
    this.facts = facts;
  }

  private static Map<String, String> used() {
    Map<String, String> used = new LinkedHashMap<>();
    used.put("conversation_initiation_metadata", "no conversation begins");
    used.put("audio", "the agent is not heard");
    used.put("interruption", "the agent cannot be interrupted");
    used.put("user_transcript", "the transcript lacks what callers say");
    used.put("agent_response", "the transcript lacks what the agent says");
    used.put(
        "agent_response_correction", "an interrupted sentence is in the transcript as a whole");
    used.put("client_tool_call", "client tools are never called");
    used.put("agent_tool_response", "the agent cannot hang up with its goodbye spoken to the end");
    used.put("ping", "a dead connection is noticed later");
    return used;
  }

  List<Step> steps() {
    return List.of(
        step(AUDIO, "The agent hears and speaks mu-law at 8 kHz", (agent, _) -> audio(agent)),
        step(
            EVENTS,
            "The agent sends the client events that calls need",
            (agent, _) -> events(agent)),
        step(OVERRIDES, "The agent allows what the assistant overrides", ProfileSteps::overrides),
        step(VARIABLES, "The agent's variables have values", (agent, _) -> variables(agent)));
  }

  private Step step(String id, String title, BiFunction<AgentProfile, Assistant, Finding> words) {
    return new Step(
        id,
        title,
        Set.of(AgentSteps.AGENT),
        assistant -> facts.agent(assistant.agentId()).map(agent -> words.apply(agent, assistant)));
  }

  private static Finding audio(AgentProfile agent) {
    if (agent.textOnly()) {
      return Finding.failed(
          "The agent is set to text only: it neither hears nor speaks.",
          "In ElevenLabs, on the agent's page under Advanced, turn Text only off.");
    }
    List<String> wrong = new ArrayList<>();
    boolean carried =
        format("It hears", agent.hears(), "Advanced, User input audio format", wrong)
            & format("It speaks", agent.speaks(), "Voice, TTS output format", wrong);
    if (wrong.isEmpty()) {
      return Finding.passed("It hears and speaks " + MU_LAW + ".");
    }
    String detail = String.join(" ", wrong);
    String remedy =
        "In ElevenLabs, on the agent's page, set them to μ-law 8000 Hz (under Voice the TTS output format, under Advanced the user input audio format).";
    return carried
        ? Finding.warning(
            detail + " Callbridge converts it, which costs delay and quality.", remedy)
        : Finding.failed(detail + " Callbridge cannot convert that: calls are refused.", remedy);
  }

  private static boolean format(
      String who, @Nullable String format, String where, List<String> wrong) {
    if (!MU_LAW.equals(format)) {
      wrong.add("%s %s, not %s (%s).".formatted(who, Text.of(format), MU_LAW, where));
    }
    return AgentProfile.isCarried(format);
  }

  private static Finding events(AgentProfile agent) {
    Set<String> missing = new TreeSet<>(USED.keySet());
    missing.removeAll(agent.clientEvents());
    String remedy =
        "In ElevenLabs, on the agent's page under Advanced, Client events, enable "
            + Text.list(missing)
            + ".";
    if (missing.isEmpty()) {
      return Finding.passed("All of them are enabled.");
    } else if (agent.clientEvents().isEmpty()) {
      return Finding.warning("The agent does not say which client events it sends.", remedy);
    }
    List<String> consequences =
        missing.stream().map(event -> event + " (" + USED.get(event) + ")").toList();
    String detail = "Not enabled: " + String.join(", ", consequences) + ".";
    return missing.stream().anyMatch(INDISPENSABLE::contains)
        ? Finding.failed(detail, remedy)
        : Finding.warning(detail, remedy);
  }

  private static Finding overrides(AgentProfile agent, Assistant assistant) {
    List<String> refused =
        Stream.of(AgentOverride.values())
            .filter(override -> override.isSetBy(assistant) && !override.isAllowedBy(agent))
            .map(AgentOverride::words)
            .toList();
    if (!refused.isEmpty()) {
      return Finding.failed(
          "The assistant sets the %s, and the agent does not allow that: ElevenLabs ends each such conversation at once."
              .formatted(String.join(" and the ", refused)),
          "In ElevenLabs, on the agent's page under Security, Overrides, enable %s; or take it out of the assistant's settings."
              .formatted(String.join(", ", refused)));
    }
    List<String> closed =
        Stream.of(AgentOverride.values())
            .filter(override -> !override.isAllowedBy(agent))
            .map(AgentOverride::field)
            .toList();
    return Finding.passed(
        closed.isEmpty()
            ? "A call may set firstMessage, language and voiceId."
            : "The assistant sets nothing that is not allowed. A call must not set %s."
                .formatted(String.join(", ", closed)));
  }

  /// What that call would be ended for at once.
  static List<Unfit> unfit(AgentProfile agent, Brought brought) {
    Stream<Unfit> overrides =
        Stream.of(AgentOverride.values())
            .filter(override ->
                brought.overrides().contains(override.field()) && !override.isAllowedBy(agent))
            .map(override ->
                new Unfit(
                    override.field(),
                    "is not allowed by the agent; in ElevenLabs, on the agent's page under Security, Overrides, enable "
                        + override.words()));
    Stream<Unfit> variables =
        agent.variables().stream()
            .filter(name -> !brought.variables().contains(name))
            .map(name ->
                new Unfit(
                    "variables." + name, "is missing: the agent uses it and has no placeholder"));
    return Stream.concat(overrides, variables).toList();
  }

  private static Finding variables(AgentProfile agent) {
    if (agent.variables().isEmpty()) {
      return Finding.passed("Each has a placeholder in the agent, or is given with every call.");
    }
    String names = Text.list(agent.variables());
    return Finding.warning(
        "The agent uses variables that have no placeholder: "
            + names
            + ". A call that brings no value for one is ended by ElevenLabs at once.",
        "Send them with each call (variables of the API, query parameters of the voice webhook), or give each a placeholder on the agent's page.");
  }
}
