package dev.callbridge.speech;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent.Alignment;
import dev.callbridge.audio.Base64Text;
import dev.callbridge.elevenlabs.ElevenLabsSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.net.URLEncoder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import tools.jackson.core.JacksonException;

/// Streaming text-to-speech over the multi-context socket: one socket for a call, one context for
/// each turn.
@Component
public final class TextToSpeech {

  /// One more unfinished context, and the socket is closed over there.
  public static final int MAX_CONTEXTS = 5;

  private final ElevenLabsSettings settings;
  private final Counter malformed;

  TextToSpeech(ElevenLabsSettings settings, MeterRegistry meters) {
    this.settings = settings;
    this.malformed = meters.counter("callbridge.speech.messages.malformed", "stage", "tts");
    StageJson.learn();
  }

  /// [Spoken.Opened] first. Fails with an [AgentException] whose reason begins with `tts_`, and
  /// ends by being cancelled. Who asks for nothing makes the vendor's socket wait.
  public Flux<Spoken> speak(Voice voice, Flux<ToSpeak> text) {
    Flux<byte[]> messages = text.concatMapIterable(command -> encode(command, voice));
    return new StageSocket("tts", settings.apiKeyOrEmpty())
        .exchange(url(voice), messages, this::read, new Spoken.Opened());
  }

  private void read(ByteBuf frame, SynchronousSink<Spoken> sink) {
    StageJson.@Nullable Speech message;
    try {
      message = StageJson.read(frame, StageJson.Speech.class);
    } catch (JacksonException e) {
      malformed.increment();
      return;
    }
    if (message == null) {
      malformed.increment();
      return;
    }
    if (message.error() != null && !message.error().isNull()) {
      sink.error(new AgentException("tts_" + StageJson.word(message.error(), "error")));
      return;
    }
    String context = message.contextId() == null ? "" : message.contextId();
    byte[] audio = message.audio() == null ? new byte[0] : message.audio().getBytes(ISO_8859_1);
    boolean isLast = Boolean.TRUE.equals(message.isFinal());
    if (audio.length > 0 && !Base64Text.isValid(audio)) {
      malformed.increment();
    } else if (audio.length > 0) {
      sink.next(new Spoken.Sound(context, audio, alignment(message), isLast));
    } else if (isLast) {
      sink.next(new Spoken.Finished(context));
    }
  }

  private static @Nullable Alignment alignment(StageJson.Speech message) {
    StageJson.Chars chars =
        message.alignment() != null ? message.alignment() : message.normalizedAlignment();
    return chars == null ? null : chars.toAlignment();
  }

  private static List<byte[]> encode(ToSpeak command, Voice voice) {
    String context = command.context();
    return switch (command) {
      case ToSpeak.Begin _ ->
          List.of(StageJson.write(voice.opening(), "text", " ", "context_id", context));
      case ToSpeak.Say(_, var text) ->
          List.of(StageJson.write("text", text + " ", "context_id", context, "flush", true));
      case ToSpeak.Finish _ ->
          List.of(
              StageJson.write("context_id", context, "flush", true),
              StageJson.write("context_id", context, "close_context", true));
      case ToSpeak.Abandon _ ->
          List.of(StageJson.write("context_id", context, "close_context", true));
    };
  }

  private URI url(Voice voice) {
    String language =
        voice.language() == null
            ? ""
            : "&language_code="
                + URLEncoder.encode(Objects.requireNonNull(voice.language()), UTF_8);
    return URI.create(
        settings.socketOrigin()
            + "/v1/text-to-speech/"
            + URLEncoder.encode(voice.id(), UTF_8)
            + "/multi-stream-input?model_id="
            + URLEncoder.encode(voice.model(), UTF_8)
            + "&output_format=ulaw_8000&auto_mode=true&sync_alignment=true&inactivity_timeout=180"
            + language);
  }
}
