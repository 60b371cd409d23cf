package dev.callbridge.diagnostics;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.elevenlabs.AgentAccess;
import dev.callbridge.elevenlabs.WorkspaceException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Whether a conversation with the agent can be opened.
@Component
class AgentSteps {

  static final String SIGNED_URL = "signed-url";
  static final String CIRCUIT = "circuit";
  static final String AGENT = "agent";

  private static final String KEY =
      "In ElevenLabs under Developers, API Keys, make a key of the workspace that has the agent, with access to ElevenAgents, and set ELEVENLABS_API_KEY to it.";

  private static final String AGAIN =
      "Ask again in a minute; https://status.elevenlabs.io tells of outages. ELEVENLABS_API_URL may be wrong, too.";

  private final Facts facts;
  private final AgentAccess access;

  AgentSteps(Facts facts, AgentAccess access) {
    this.facts = facts;
    this.access = access;
  }

  List<Step> steps() {
    return List.of(
        new Step(
            SIGNED_URL,
            "ElevenLabs gives a signed URL for the agent",
            Set.of(SettingsStep.ID),
            assistant ->
                facts
                    .signedUrl(assistant.agentId())
                    .map(refusal -> signedUrl(refusal, assistant))
                    .onErrorResume(
                        TimeoutException.class,
                        _ -> Mono.just(signedUrl(Optional.of("signed_url_timeout"), assistant)))),
        new Step(
            CIRCUIT,
            "Calls are not kept from the agent",
            Set.of(SIGNED_URL),
            // What was just asked counts.
            assistant ->
                facts
                    .signedUrl(assistant.agentId())
                    .onErrorComplete()
                    .then(Mono.fromSupplier(() -> circuit(assistant)))),
        new Step(
            AGENT,
            "The agent exists",
            Set.of(SettingsStep.ID, SIGNED_URL),
            assistant ->
                facts
                    .agent(assistant.agentId())
                    .map(_ -> Finding.passed("The agent is " + assistant.agentId() + "."))
                    .onErrorResume(e -> Mono.just(agent(e, assistant)))));
  }

  private Finding signedUrl(Optional<String> refusal, Assistant assistant) {
    if (access.isPublic()) {
      return Finding.passed(
          "None is needed: agents are opened by their id (ELEVENLABS_PUBLIC_AGENTS).");
    }
    return refusal
        .map(word -> signedUrl(word.substring("signed_url_".length()), assistant.agentId()))
        .orElseGet(() -> Finding.passed("A signed URL was given."));
  }

  private static Finding signedUrl(String word, String agentId) {
    if (word.matches("40[12]_quota_exceeded|402.*")) {
      return closed(word.startsWith("402") ? "payment_required" : "quota_exceeded");
    } else if (word.startsWith("401") || word.startsWith("403")) {
      return Finding.failed("ElevenLabs refuses the API key (" + word + ").", KEY);
    } else if (word.startsWith("404") || word.startsWith("422") || word.startsWith("400")) {
      // The agent itself is still looked at.
      return missing(agentId).blockingNothing();
    } else if (word.startsWith("429")) {
      return Finding.failed("ElevenLabs is too busy to open a conversation (" + word + ").", AGAIN)
          .passing();
    }
    return switch (word) {
      case "timeout" -> unanswered("ElevenLabs did not answer in time.");
      case "unreachable" -> unanswered("No connection to ElevenLabs's API could be made.");
      case "elsewhere" ->
          Finding.failed(
              "The signed URL is one of a host that is not ElevenLabs's.",
              "See what ELEVENLABS_API_URL is set to, and what stands between this machine and that host.");
      case "unreadable" -> unanswered("ElevenLabs's answer has no signed URL in it.");
      default -> unanswered("ElevenLabs gave no signed URL (" + word + ").");
    };
  }

  /// What calls are kept from the agent for, in words. The refusal of a call has the same.
  static Finding closed(String reason) {
    return switch (reason) {
      case "quota_exceeded", "payment_required" ->
          Finding.failed(
              "The ElevenLabs workspace has no credit left (" + reason + ").",
              "In ElevenLabs under Subscription, buy credits, allow usage beyond the plan, or pay what is open.");
      case "invalid_api_key" ->
          Finding.failed("ElevenLabs refuses the API key (" + reason + ").", KEY);
      default ->
          Finding.failed(
              "The agent's last conversations died right after they began (" + reason + ").",
              "Call the agent in ElevenLabs's own test page: a custom language model or a voice that fails is the usual reason. One call tries again within half a minute.");
    };
  }

  private Finding circuit(Assistant assistant) {
    return access
        .closedFor(assistant.agentId())
        .map(AgentSteps::closed)
        .orElseGet(() -> Finding.passed("Nothing is known against it."));
  }

  private static Finding missing(String agentId) {
    return Finding.failed(
        "ElevenLabs has no agent %s for this API key.".formatted(Text.of(agentId)),
        "Set ELEVENLABS_AGENT_ID (or the assistant's agent-id) to an agent's id, which is on its page under Agents, and the API key to one of the same workspace.");
  }

  private Finding agent(Throwable e, Assistant assistant) {
    if (!(e instanceof WorkspaceException workspace)) {
      return unreadable("ElevenLabs did not answer in time.", AGAIN);
    }
    return switch (workspace.kind()) {
      case NOT_FOUND -> missing(assistant.agentId());
      case KEY_REFUSED -> closed("invalid_api_key");
      case NO_KEY ->
          unreadable(
              "There is no API key to read the agent's settings with.",
              "Set ELEVENLABS_API_KEY if they are to be looked at.");
      case NOT_ALLOWED ->
          unreadable(
              "The API key may not read the agent's settings.",
              "Give the key read access to ElevenAgents if they are to be looked at.");
      case UNAVAILABLE -> unreadable("ElevenLabs did not tell the agent's settings.", AGAIN);
      case UNREADABLE -> unreadable("ElevenLabs's answer about the agent cannot be read.", AGAIN);
    };
  }

  /// A call does not need to read them.
  private static Finding unreadable(String detail, String remedy) {
    return Finding.warning(detail, remedy).blocking();
  }

  private static Finding unanswered(String detail) {
    return Finding.failed(detail, AGAIN).passing();
  }
}
