package dev.callbridge.bridge;

import dev.callbridge.agent.Introduction;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.Template;
import dev.callbridge.bridge.MediaStreamHandler.AdmittedCall;
import dev.callbridge.call.Call;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.Transcripts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// What the agent of a call is told before the first word.
@Component
class Introductions {

  private static final Logger LOG = LoggerFactory.getLogger(Introductions.class);

  private final Transcripts transcripts;

  Introductions(Transcripts transcripts) {
    this.transcripts = transcripts;
  }

  /// In a call that had a stream before, also what was said there. An agent that does not know it
  /// is better than none.
  Mono<Introduction> of(
      AdmittedCall admitted, Assistant assistant, Map<String, String> parameters, String callSid) {
    Call call = admitted.call();
    if (admitted.session() == 1) {
      return Mono.just(introduce(call, assistant, parameters, callSid, null));
    }
    return transcripts
        .of(call.id())
        .takeLast(Recap.MAX_TURNS)
        .collectList()
        .map(turns -> Optional.ofNullable(Recap.of(turns)))
        .onErrorResume(e -> {
          LOG.warn("call {}: goes on without what was said so far", call.id(), e);
          return Mono.just(Optional.empty());
        })
        .map(soFar ->
            introduce(
                call,
                assistant,
                parameters,
                callSid,
                soFar.map(said -> said + transfer(parameters)).orElse(null)));
  }

  /// A caller who was to be connected to a person, and comes back.
  private static String transfer(Map<String, String> parameters) {
    return parameters.containsKey("transfer_result")
        ? "\nThen the caller was to be connected to a person, and nobody answered. Say so and go on."
        : "";
  }

  /// The call's own variables before those of the TwiML, ours where neither says otherwise.
  private static Introduction introduce(
      Call call,
      Assistant assistant,
      Map<String, String> parameters,
      String callSid,
      @Nullable String soFar) {
    CallPlan plan = call.plan();
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("call_id", call.id().toString());
    variables.put("call_sid", callSid);
    variables.put("caller_number", plan.from());
    variables.put("called_number", plan.to());
    parameters.forEach((name, value) -> {
      if (!name.equals("token")) {
        variables.put(name, value);
      }
    });
    variables.putAll(plan.variables());
    variables.keySet().removeIf(name -> name.startsWith("system__"));
    variables.replaceAll((_, value) -> Template.promptValue(value));
    return new Introduction(
        assistant.agentId(),
        call.id().toString(),
        variables,
        firstMessage(plan, assistant, variables, soFar != null),
        plan.language() != null ? plan.language() : assistant.language(),
        plan.voiceId() != null ? plan.voiceId() : assistant.voiceId(),
        soFar);
  }

  /// What is announced is said from its beginning, however often. Nobody is greeted twice, where
  /// the greeting is ours to choose: an agent whose greeting was overridden allows it, of any other
  /// that is not known, and it would refuse the conversation.
  private static @Nullable String firstMessage(
      CallPlan plan, Assistant assistant, Map<String, Object> variables, boolean goesOn) {
    String first = plan.firstMessage() != null ? plan.firstMessage() : assistant.firstMessage();
    if (assistant.announcement() != null) {
      return Template.forAgent(
          plan.firstMessage() != null ? plan.firstMessage() : assistant.announcement().text(),
          variables);
    } else if (first == null) {
      return null;
    }
    String text = goesOn ? assistant.in(plan.language()).resuming() : first;
    return Template.forAgent(text, variables);
  }
}
