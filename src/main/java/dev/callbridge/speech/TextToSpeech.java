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
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import tools.jackson.core.JacksonException;

/// Streaming text-to-speech over sockets: the multi-context one, one for a call and a context for
/// each turn, or single-context ones, one for each turn.
@Component
public final class TextToSpeech {

  /// One more unfinished context, and the socket is closed over there.
  public static final int MAX_CONTEXTS = 5;

  /// Of one context, before its socket is there. Who tells bounds them as well.
  private static final int MAX_COMMANDS = 1_024;

  /// One that begins while five are being closed.
  private static final int MAX_SOCKETS = MAX_CONTEXTS + 1;

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
        .exchange(
            url(voice, "multi-stream-input"),
            messages,
            (frame, sink) -> read(null, frame, sink),
            new Spoken.Opened());
  }

  /// The same by a socket for each context, opened when that begins and closed once it was spoken
  /// or nobody listens. [Spoken.Opened] says that one may begin.
  public Flux<Spoken> speakEach(Voice voice, Flux<ToSpeak> text) {
    return Flux.<Spoken>just(new Spoken.Opened())
        .concatWith(
            text.groupBy(ToSpeak::context, MAX_COMMANDS)
                .flatMap(context -> speakOne(voice, context.key(), context), MAX_SOCKETS, 1));
  }

  private Flux<Spoken> speakOne(Voice voice, String context, Flux<ToSpeak> text) {
    // For the socket, which is not there yet, and for the one who is told to be silent.
    Flux<ToSpeak> commands = text.takeUntil(TextToSpeech::ends).replay(MAX_COMMANDS).refCount(1);
    Flux<byte[]> messages = commands.concatMapIterable(command -> encodeSingle(command, voice));
    return new StageSocket("tts", settings.apiKeyOrEmpty())
        .<Spoken>exchange(
            url(voice, "stream-input"), messages, (frame, sink) -> read(context, frame, sink))
        .takeUntil(TextToSpeech::isLast)
        // That all was told is no reason to be silent.
        .takeUntilOther(commands.ofType(ToSpeak.Abandon.class).concatWith(Flux.never()))
        .filter(spoken -> !(spoken instanceof Spoken.Finished))
        .concatWith(Mono.just(new Spoken.Finished(context)));
  }

  private static boolean ends(ToSpeak command) {
    return command instanceof ToSpeak.Finish || command instanceof ToSpeak.Abandon;
  }

  private static boolean isLast(Spoken spoken) {
    return spoken instanceof Spoken.Finished
        || (spoken instanceof Spoken.Sound sound && sound.isLast());
  }

  /// @param only the one context of the socket, null where messages say of which they are
  private void read(@Nullable String only, ByteBuf frame, SynchronousSink<Spoken> sink) {
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
    String named = message.contextId() == null ? "" : message.contextId();
    String context = only == null ? named : only;
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

  /// Here a context has no name, and an empty text ends it.
  private static List<byte[]> encodeSingle(ToSpeak command, Voice voice) {
    return switch (command) {
      case ToSpeak.Begin _ -> List.of(StageJson.write(voice.opening(), "text", " "));
      case ToSpeak.Say(_, var text) -> List.of(StageJson.write("text", text + " ", "flush", true));
      case ToSpeak.Finish _ -> List.of(StageJson.write("text", ""));
      case ToSpeak.Abandon _ -> List.of();
    };
  }

  private URI url(Voice voice, String way) {
    String language =
        voice.language() == null
            ? ""
            : "&language_code="
                + URLEncoder.encode(Objects.requireNonNull(voice.language()), UTF_8);
    return URI.create(
        settings.socketOrigin()
            + "/v1/text-to-speech/"
            + URLEncoder.encode(voice.id(), UTF_8)
            + "/"
            + way
            + "?model_id="
            + URLEncoder.encode(voice.model(), UTF_8)
            + "&output_format=ulaw_8000&auto_mode=true&sync_alignment=true&inactivity_timeout=180"
            + language);
  }
}
