package dev.callbridge.speech;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.agent.AgentException;
import dev.callbridge.elevenlabs.ElevenLabsSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.util.retry.Retry;
import tools.jackson.core.JacksonException;

/// Realtime speech-to-text: a caller's voice in, words out while they are spoken.
@Component
public final class SpeechToText {

  /// From the first step to its saying that it listens.
  private static final Duration START_TIMEOUT = Duration.ofSeconds(6);

  /// A session without audio for longer is closed over there.
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

  /// In one conversation: the vendor ends one now and then.
  private static final int MAX_SESSIONS = 4;

  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final byte[] AUDIO =
      "{\"message_type\":\"input_audio_chunk\",\"audio_base_64\":\"".getBytes(ISO_8859_1);
  private static final byte[] END =
      "\",\"commit\":false,\"sample_rate\":8000}".getBytes(ISO_8859_1);

  private final ElevenLabsSettings settings;
  private final Counter malformed;

  SpeechToText(ElevenLabsSettings settings, MeterRegistry meters) {
    this.settings = settings;
    this.malformed = meters.counter("callbridge.speech.messages.malformed", "stage", "stt");
    StageJson.learn();
  }

  /// @param silence so long a pause ends what is being said
  /// @param language ISO 639, or null to have it found out
  public record Listening(String model, Duration silence, @Nullable String language) {}

  /// [Heard.Started] first. Fails with an [AgentException] whose reason begins with `stt_`, and
  /// ends by being cancelled.
  ///
  /// @param audio base64 text of μ-law 8 kHz; asked for as the socket takes it
  public Flux<Heard> listen(Listening how, Flux<byte[]> audio) {
    return Flux.defer(() -> {
      AtomicLong sent = new AtomicLong(System.nanoTime());
      Flux<byte[]> chunks =
          audio.map(SpeechToText::chunk).doOnNext(_ -> sent.set(System.nanoTime()));
      Flux<byte[]> silence =
          Flux.interval(KEEP_ALIVE)
              .onBackpressureDrop()
              .filter(_ -> System.nanoTime() - sent.get() >= KEEP_ALIVE.toNanos())
              .map(_ -> chunk(new byte[0]));
      return new StageSocket("stt", settings.apiKeyOrEmpty())
          .exchange(url(how), Flux.merge(chunks, silence), this::read)
          .timeout(Mono.delay(START_TIMEOUT), _ -> Mono.never())
          .onErrorMap(TimeoutException.class, _ -> new AgentException("stt_timeout"));
    });
  }

  /// The same with another session where one ended for a passing reason, three times at most.
  ///
  /// @param audio for as many as listen to it
  public Flux<Heard> keepListening(Listening how, Flux<byte[]> audio, Runnable onAgain) {
    return listen(how, audio)
        .retryWhen(Retry.from(failed -> failed.concatMap(each -> again(each, onAgain))));
  }

  private static Mono<Long> again(Retry.RetrySignal failed, Runnable onAgain) {
    if (failed.failure() instanceof AgentException e
        && mayPass(e)
        && failed.totalRetries() < MAX_SESSIONS - 1) {
      onAgain.run();
      return Mono.delay(PAUSE);
    }
    return Mono.error(failed.failure());
  }

  /// Whether a new session may succeed where this one failed.
  private static boolean mayPass(AgentException e) {
    String reason = e.reason().replaceFirst("^stt_", "");
    return reason.equals("lost")
        || reason.equals("silent")
        || reason.startsWith("closed_")
        || (SttError.isError(reason) && SttError.of(reason).passes());
  }

  private void read(ByteBuf frame, SynchronousSink<Heard> sink) {
    StageJson.@Nullable Transcription message;
    try {
      message = StageJson.read(frame, StageJson.Transcription.class);
    } catch (JacksonException e) {
      malformed.increment();
      return;
    }
    String type = message == null ? null : message.message_type();
    if (message == null || type == null) {
      malformed.increment();
      return;
    }
    String text = message.text() == null ? "" : message.text();
    switch (type) {
      case "session_started" -> sink.next(new Heard.Started());
      case "partial_transcript", "final_transcript" -> sink.next(new Heard.Partial(text));
      case "committed_transcript" -> sink.next(new Heard.Committed(text));
      default -> {
        if (message.error() != null || SttError.isError(type)) {
          SttError error = SttError.of(type);
          if (error.ends()) {
            sink.error(new AgentException("stt_" + error.reason()));
          }
        }
      }
    }
  }

  private URI url(Listening how) {
    String language =
        how.language() == null ? "" : "&language_code=" + URLEncoder.encode(how.language(), UTF_8);
    return URI.create(
        settings.socketOrigin()
            + "/v1/speech-to-text/realtime?model_id="
            + URLEncoder.encode(how.model(), UTF_8)
            + "&audio_format=ulaw_8000&commit_strategy=vad&vad_silence_threshold_secs="
            + how.silence().toMillis() / 1000.0
            + language);
  }

  private static byte[] chunk(byte[] payload) {
    byte[] message = new byte[AUDIO.length + payload.length + END.length];
    System.arraycopy(AUDIO, 0, message, 0, AUDIO.length);
    System.arraycopy(payload, 0, message, AUDIO.length, payload.length);
    System.arraycopy(END, 0, message, AUDIO.length + payload.length, END.length);
    return message;
  }
}
