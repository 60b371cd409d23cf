package dev.callbridge.diagnostics;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.call.LiveCalls;
import dev.callbridge.elevenlabs.AgentProfile;
import dev.callbridge.elevenlabs.Subscription;
import dev.callbridge.elevenlabs.WorkspaceException;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Whether there is room for one more call, and credit to hold it.
@Component
class RoomSteps {

  static final String CAPACITY = "capacity";
  static final String CONCURRENCY = "agent-concurrency";
  static final String CREDIT = "credit";

  /// Of a period's credits: what is left after it is soon gone.
  private static final double NEARLY_ALL = 0.9;

  private static final String BUY =
      "In ElevenLabs under Subscription, buy credits or allow usage beyond the plan.";

  private final Facts facts;
  private final LiveCalls live;

  RoomSteps(Facts facts, LiveCalls live) {
    this.facts = facts;
    this.live = live;
  }

  List<Step> steps() {
    return List.of(
        new Step(
            CONCURRENCY,
            "The agent has room for one more conversation",
            Set.of(AgentSteps.AGENT),
            this::concurrency),
        new Step(
            CREDIT,
            "The ElevenLabs workspace has credit",
            Set.of(SettingsStep.ID, AgentSteps.SIGNED_URL),
            assistant ->
                facts
                    .subscription(assistant.agentId())
                    .map(RoomSteps::credit)
                    .onErrorResume(e -> Mono.just(unknownCredit(e)))),
        new Step(
            CAPACITY,
            "This instance has room for one more call",
            Set.of(),
            _ -> Mono.fromSupplier(this::capacity)));
  }

  private Mono<Finding> concurrency(Assistant assistant) {
    return facts
        .agent(assistant.agentId())
        .map(AgentProfile::maxConversations)
        .flatMap(most ->
            most < 0
                ? Mono.just(
                    Finding.passed("The agent has no limit of its own; the workspace's applies."))
                : facts.liveCount(assistant.agentId()).map(on -> concurrency(on, most)))
        .onErrorResume(_ ->
            Mono.just(
                Finding.warning(
                    "ElevenLabs did not tell how many conversations are on.",
                    "Ask again; the API key needs read access to ElevenAgents for it.")));
  }

  private static Finding concurrency(long on, long most) {
    String detail = "%d of the agent's %d conversations are on.".formatted(on, most);
    return on < most
        ? Finding.passed(detail)
        : Finding.failed(
                detail,
                "Wait until one has ended, or on the agent's page under Security, Limits, raise the concurrent calls limit.")
            .passing();
  }

  private static Finding credit(Subscription subscription) {
    String used = "%d of %d credits are used".formatted(subscription.used(), subscription.limit());
    if ("free_disabled".equals(subscription.status())) {
      return Finding.failed(
          "The workspace is disabled (free_disabled).",
          "ElevenLabs disables free workspaces that look abused: choose a paid plan, or ask its support.");
    } else if (subscription.used() >= subscription.limit() && !subscription.extendable()) {
      return Finding.failed(used + ", and none beyond are allowed.", BUY);
    } else if (Set.of("past_due", "incomplete").contains(subscription.status())) {
      return Finding.warning(
          "The subscription is %s; %s.".formatted(subscription.status(), used),
          "In ElevenLabs under Subscription, pay the open invoice before the workspace is closed.");
    } else if (subscription.used() >= NEARLY_ALL * subscription.limit()
        && !subscription.extendable()) {
      return Finding.warning(used + ", and none beyond are allowed.", BUY);
    }
    return Finding.passed(used + (subscription.extendable() ? "; more are billed." : "."));
  }

  private static Finding unknownCredit(Throwable e) {
    return e instanceof WorkspaceException workspace
            && workspace.kind() == WorkspaceException.Kind.NOT_ALLOWED
        ? Finding.warning(
            "The API key may not read the subscription.",
            "Give the key read access to User if it is to be looked at.")
        : Finding.warning("ElevenLabs did not tell what credit is left.", "Ask again in a minute.");
  }

  private Finding capacity() {
    if (live.isClosing()) {
      return Finding.failed(
              "This instance is shutting down and takes no more calls.",
              "Call another instance, or wait until it has started again.")
          .passing();
    } else if (!live.hasRoom()) {
      return Finding.failed(
              "%d calls are on, as many as this instance carries.".formatted(live.underWay()),
              "Wait until one has ended, raise CALLBRIDGE_MAX_CALLS if the machine has room, or start another instance.")
          .passing();
    }
    return Finding.passed(live.underWay() + " calls are on; there is room.");
  }
}
