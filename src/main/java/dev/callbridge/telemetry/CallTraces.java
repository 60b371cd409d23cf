package dev.callbridge.telemetry;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEnd;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallTruth;
import dev.callbridge.call.Direction;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// One trace for each call, from when it was asked for to when it was over. It is told from the
/// evidence once the call has ended, so that it is whole whichever instances the call went through,
/// and costs a live call nothing.
@Component
final class CallTraces implements CallEnd {

  private static final AttributeKey<String> SOURCE = AttributeKey.stringKey("source");

  private final Tracer tracer;

  CallTraces(OpenTelemetry telemetry) {
    tracer = telemetry.getTracer("dev.callbridge");
  }

  @Override
  public void ended(Call call, List<CallEvent> evidence) {
    CallTruth truth = call.truth();
    Span root = CallTraceIds.of(call.id(), () -> root(call, evidence));
    if (root.isRecording()) {
      CallTruth.Timings at = truth.timings();
      Context inCall = Context.root().with(root);
      step("dial", inCall, at.dialed() == null ? null : call.created(), at.dialed());
      step("ring", inCall, at.dialed(), at.answered());
      step("agent", inCall, at.answered(), at.agentConnected());
      step("first_audio", inCall, at.agentConnected(), at.firstAgentAudio());
      step("conversation", inCall, at.firstAgentAudio(), at.ended());
      events(root, evidence);
    }
    Instant end = truth.timings().ended();
    root.end(end == null || end.isBefore(call.created()) ? call.created() : end);
  }

  private Span root(Call call, List<CallEvent> evidence) {
    CallTruth truth = call.truth();
    SpanBuilder builder = tracer.spanBuilder("call").setNoParent();
    evidence.stream().map(CallTraces::asker).filter(SpanContext::isValid).forEach(builder::addLink);
    Span span =
        builder
            .setSpanKind(
                call.plan().direction() == Direction.INBOUND ? SpanKind.SERVER : SpanKind.CLIENT)
            .setStartTimestamp(call.created())
            .setAttribute("callbridge.call.id", call.id().toString())
            .setAttribute("callbridge.direction", call.plan().direction().name())
            .setAttribute("callbridge.assistant", call.plan().assistant())
            .setAttribute("callbridge.outcome", String.valueOf(truth.outcome()))
            .setAttribute("callbridge.ended_by", String.valueOf(truth.endedBy()))
            .setAttribute("callbridge.reason", String.valueOf(truth.reason()))
            .startSpan();
    if (truth.twilioCallSid() != null) {
      span.setAttribute("twilio.call_sid", truth.twilioCallSid());
    }
    if (truth.conversationId() != null) {
      span.setAttribute("elevenlabs.conversation_id", truth.conversationId());
    }
    return truth.outcome() == null || truth.outcome().isExpected()
        ? span
        : span.setStatus(StatusCode.ERROR, String.valueOf(truth.outcome()));
  }

  /// The trace in which the call was asked for. The call's own has the call's id.
  private static SpanContext asker(CallEvent event) {
    String trace = event.details().get(CallEvent.TRACE);
    if (trace == null || !CallEvent.isTrace(trace)) {
      return SpanContext.getInvalid();
    }
    String[] parts = trace.split("-");
    return SpanContext.createFromRemoteParent(
        parts[1], parts[2], TraceFlags.fromHex(parts[3], 0), TraceState.getDefault());
  }

  private void step(String name, Context inCall, @Nullable Instant from, @Nullable Instant to) {
    if (from != null && to != null && !to.isBefore(from)) {
      tracer.spanBuilder(name).setParent(inCall).setStartTimestamp(from).startSpan().end(to);
    }
  }

  /// What they hold stays where it is: numbers and digits are in it.
  private static void events(Span root, List<CallEvent> evidence) {
    evidence.stream()
        .filter(event -> event.kind() != Kind.REPORTED)
        .sorted(Comparator.comparing(CallEvent::at))
        .forEach(event ->
            root.addEvent(
                event.kind().name(), Attributes.of(SOURCE, event.source().name()), event.at()));
  }
}
