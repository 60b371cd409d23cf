package dev.callbridge.elevenlabs;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.audio.AudioFormat;
import dev.callbridge.audio.Base64Text;
import dev.callbridge.audio.Transcoder;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;

/// What the messages of one socket mean: ElevenLabs's words to the port's, the agent's audio format
/// to the call's. Remembers only the two formats and the last error that was announced.
final class ServerEvents {

  static final String MALFORMED = "malformed";

  /// More messages than this in a while that cannot be read, and it is not an agent that sends
  /// them.
  private static final int MAX_MALFORMED = 20;

  private static final Duration MALFORMED_WINDOW = Duration.ofSeconds(10);

  private static final byte[] WAV_HEADER = "UklGR".getBytes(StandardCharsets.ISO_8859_1);

  private final MeterRegistry meters;
  private final LongSupplier nanoTime;
  private final Limit malformed = new Limit(MAX_MALFORMED, MALFORMED_WINDOW);
  private @Nullable String announced;
  private boolean ready;

  /// What an interruption without an event id is taken to mean: everything so far.
  private long lastAudio;

  private @Nullable Transcoder toAgent;
  private @Nullable Transcoder fromAgent;

  ServerEvents(MeterRegistry meters) {
    this(meters, System::nanoTime);
  }

  ServerEvents(MeterRegistry meters, LongSupplier nanoTime) {
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  sealed interface Event {
    record Ready(FromAgent event) implements Event {}

    record Speak(FromAgent event) implements Event {}

    record Ping(long eventId) implements Event {}

    record Nothing() implements Event {}
  }

  private static final Event NOTHING = new Event.Nothing();

  Event read(ByteBuf frame) {
    ServerMessage message;
    try {
      message = AgentCodec.decode(frame);
    } catch (JacksonException e) {
      return malformed();
    }
    return translate(message);
  }

  /// Counts a message that could not be read. A few are ignored.
  Event malformed() {
    meters.counter("callbridge.agent.messages.malformed").increment();
    if (!malformed.allows(nanoTime.getAsLong())) {
      throw new AgentException(MALFORMED);
    }
    return NOTHING;
  }

  private Event translate(ServerMessage message) {
    return switch (message) {
      case ServerMessage.Audio(var event) when event != null -> audio(event);
      case ServerMessage.Ping(var event) when event != null -> new Event.Ping(event.eventId());
      case ServerMessage.Metadata(var event) when event != null && !ready -> metadata(event);
      case ServerMessage.Interruption(var event) ->
          say(
              new FromAgent.Interruption(
                  event == null || event.eventId() == null ? lastAudio : event.eventId()));
      case ServerMessage.UserTranscript(var event)
          when event != null && event.userTranscript() != null ->
          say(new FromAgent.CallerSaid(event.userTranscript()));
      case ServerMessage.AgentResponse(var event)
          when event != null && event.agentResponse() != null ->
          say(new FromAgent.AgentSaid(event.agentResponse()));
      case ServerMessage.AgentResponseCorrection(var event)
          when event != null && event.correctedAgentResponse() != null ->
          say(new FromAgent.AgentCorrected(event.correctedAgentResponse()));
      case ServerMessage.ClientToolCall(var event)
          when event != null && event.toolCallId() != null && event.toolName() != null ->
          say(
              new FromAgent.ToolCall(
                  event.toolCallId(),
                  event.toolName(),
                  event.parameters() == null ? Map.of() : event.parameters()));
      case ServerMessage.AgentToolRequest(var event) when event != null ->
          say(new FromAgent.Working());
      case ServerMessage.AgentToolResponse(var event) when isOf("skip_turn", event) ->
          say(new FromAgent.Waiting());
      case ServerMessage.AgentToolResponse(var event) when isOf("end_call", event) ->
          say(new FromAgent.Goodbye());
      case ServerMessage.AgentToolResponseFullPayload(var event) when isOf("end_call", event) ->
          say(new FromAgent.Goodbye());
      case ServerMessage.Failure(var event) -> {
        announced = errorType(event);
        yield NOTHING;
      }
      case ServerMessage.Unrecognized _ -> {
        meters.counter("callbridge.agent.messages.unrecognized").increment();
        yield NOTHING;
      }
      default -> NOTHING;
    };
  }

  private static Event say(FromAgent event) {
    return new Event.Speak(event);
  }

  private Event metadata(ServerMessage.Metadata.Event event) {
    AudioFormat listens = format(event.userInputAudioFormat());
    AudioFormat speaks = format(event.agentOutputAudioFormat());
    toAgent = listens.isMuLaw() ? null : Transcoder.between(AudioFormat.ULAW_8000, listens);
    fromAgent = speaks.isMuLaw() ? null : Transcoder.between(speaks, AudioFormat.ULAW_8000);
    if (toAgent != null || fromAgent != null) {
      meters.counter("callbridge.agent.transcoded").increment();
    }
    ready = true;
    String id = event.conversationId();
    if (id == null || id.isBlank()) {
      throw new AgentException("metadata_without_conversation_id");
    }
    return new Event.Ready(new FromAgent.Ready(id));
  }

  /// ElevenLabs's clients take a missing format for 16 kHz PCM.
  private static AudioFormat format(@Nullable String name) {
    return AudioFormat.parse(name == null ? "pcm_16000" : name)
        .orElseThrow(() -> new AgentException("unknown_audio_format"));
  }

  private Event audio(ServerMessage.Audio.Event event) {
    if (!ready || event.audioBase64() == null || event.audioBase64().isEmpty()) {
      return malformed();
    }
    byte[] text = event.audioBase64().getBytes(StandardCharsets.ISO_8859_1);
    if (!Base64Text.isValid(text) || startsWith(text, WAV_HEADER)) {
      return malformed();
    }
    lastAudio = event.eventId();
    byte[] payload = fromAgent == null ? text : transcode(fromAgent, text);
    return payload.length == 0
        ? NOTHING
        : say(new FromAgent.Audio(event.eventId(), payload, alignment(event.alignment())));
  }

  private static byte[] transcode(Transcoder transcoder, byte[] text) {
    return Base64.getEncoder().encode(transcoder.transcode(Base64.getDecoder().decode(text)));
  }

  private static boolean startsWith(byte[] text, byte[] prefix) {
    return text.length >= prefix.length
        && Arrays.equals(text, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static FromAgent.@Nullable Alignment alignment(
      ServerMessage.Audio.@Nullable Alignment alignment) {
    if (alignment == null || alignment.chars() == null || alignment.charStartTimesMs() == null) {
      return null;
    }
    List<String> chars = alignment.chars();
    List<Integer> starts = alignment.charStartTimesMs();
    String characters = String.join("", chars);
    if (chars.size() != starts.size()
        || starts.contains(null)
        || characters.codePointCount(0, characters.length()) != starts.size()) {
      return null;
    }
    return new FromAgent.Alignment(
        characters, starts.stream().mapToInt(Integer::intValue).toArray());
  }

  ByteBuf encode(ToAgent message, ByteBufAllocator allocator) {
    return toAgent != null && message instanceof ToAgent.Audio(var payload)
        ? AgentCodec.audio(transcode(toAgent, payload), allocator)
        : AgentCodec.encode(message, allocator);
  }

  /// Whether the agent listens to the caller's sound as it is.
  boolean listensAsIs() {
    return toAgent == null;
  }

  ByteBuf pong(long eventId, ByteBufAllocator allocator) {
    return AgentCodec.pong(eventId, allocator);
  }

  /// How a closed socket counts: nothing to say after a normal end, else a loss by its reason.
  Mono<FromAgent> ended(int code) {
    if (code == 1000 && ready) {
      return Mono.empty();
    }
    return Mono.error(
        new AgentException(
            announced != null ? announced : (ready ? "closed_" : "refused_") + code));
  }

  private static boolean isOf(String tool, ServerMessage.@Nullable ToolEvent event) {
    return event != null && tool.equals(event.toolName()) && !Boolean.TRUE.equals(event.isError());
  }

  private static @Nullable String errorType(ServerMessage.Failure.@Nullable Event event) {
    return event == null || event.errorType() == null || !event.errorType().matches("[a-z_]{1,48}")
        ? null
        : event.errorType();
  }
}
