package dev.callbridge.speech;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.callbridge.agent.AgentException;
import dev.callbridge.requests.Bodies;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Phrases that are said again and again, spoken once: greetings, announcements, what is said when
/// something fails. The same words in another voice, by another model or with other settings are
/// another phrase.
///
/// However many ask for a phrase at a time, it is made once; who goes away does not stop it for the
/// others. A disk that fails costs the keeping, not the phrase. One that was said or asked for
/// lately is in memory, and there without a wait or another thread.
@Component
public final class Phrases implements DisposableBean {

  /// Some four minutes of speech.
  static final int MAX_BYTES = 2 * 1024 * 1024;

  /// To be made whole.
  private static final Duration MADE = Duration.ofSeconds(20);

  /// A disk that takes longer is not waited for.
  private static final Duration DISK = Duration.ofSeconds(1);

  private static final int MAX_WAITING = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(Phrases.class);

  /// What was said lately is said from here, in the signal that asks for it.
  private static final long MAX_IN_MEMORY = 16L * 1024 * 1024;

  private final Cache<String, byte[]> memory =
      Caffeine.newBuilder()
          .maximumWeight(MAX_IN_MEMORY)
          .weigher((String _, byte[] audio) -> audio.length)
          .build();

  private final Synthesis synthesis;
  private final PhraseFiles files;
  private final MeterRegistry meters;
  private final ConcurrentMap<String, Mono<byte[]>> making = new ConcurrentHashMap<>();

  /// One thread, because the files are for one at a time.
  private final Scheduler disk =
      Schedulers.newBoundedElastic(1, MAX_WAITING, "speech-cache", 60, true);

  Phrases(Synthesis synthesis, SpeechCacheSettings settings, MeterRegistry meters) {
    this.synthesis = synthesis;
    this.files = new PhraseFiles(settings.directory(), settings.maxSize().toBytes());
    this.meters = meters;
    for (String result : new String[] {"hit", "miss", "failed"}) {
      meters.counter("callbridge.speech.cache", "result", result);
    }
  }

  /// μ-law 8 kHz. Fails with an [dev.callbridge.agent.AgentException] when it cannot be made.
  public Mono<byte[]> of(Voice voice, String text) {
    String key = key(voice, text);
    return remembered(key)
        .switchIfEmpty(Mono.defer(() -> read(key)))
        .switchIfEmpty(Mono.defer(() -> made(key, voice, text)));
  }

  /// Empty where it is not there already. Never fails.
  public Mono<byte[]> known(Voice voice, String text) {
    String key = key(voice, text);
    return remembered(key).switchIfEmpty(Mono.defer(() -> read(key)));
  }

  /// On the thread that asks, without waiting.
  private Mono<byte[]> remembered(String key) {
    return Mono.fromSupplier(() -> memory.getIfPresent(key)).doOnNext(_ -> count("hit"));
  }

  private Mono<byte[]> read(String key) {
    return Mono.fromCallable(() -> files.read(key))
        .subscribeOn(disk)
        // The one thread has more to read.
        .publishOn(Schedulers.parallel())
        .timeout(DISK)
        .doOnNext(audio -> {
          memory.put(key, audio);
          count("hit");
        })
        .onErrorResume(e -> {
          failed(e);
          return Mono.empty();
        });
  }

  private Mono<byte[]> made(String key, Voice voice, String text) {
    return making.computeIfAbsent(
        key,
        _ ->
            Mono.defer(
                    () -> {
                      count("miss");
                      return DataBufferUtils.join(
                          synthesis.speak(text, voice).flatMapMany(audio -> audio), MAX_BYTES);
                    })
                .switchIfEmpty(Mono.error(() -> new AgentException("tts_http_empty")))
                .map(Synthesis::bytes)
                .timeout(MADE)
                .onErrorMap(e -> !(e instanceof AgentException), Synthesis::failure)
                .doOnNext(audio -> memory.put(key, audio))
                .flatMap(audio -> keep(key, audio).thenReturn(audio))
                .doFinally(_ -> making.remove(key))
                .cache());
  }

  private Mono<Void> keep(String key, byte[] audio) {
    return Mono.<Void>fromCallable(
            () -> {
              files.write(key, audio);
              return null;
            })
        .subscribeOn(disk)
        .publishOn(Schedulers.parallel())
        .timeout(DISK)
        .onErrorResume(e -> {
          failed(e);
          return Mono.empty();
        });
  }

  private void failed(Throwable e) {
    count("failed");
    LOG.warn(
        "a spoken phrase could not be kept or read: {}",
        e instanceof IOException ? e.toString() : e.getClass().getSimpleName());
  }

  private void count(String result) {
    meters.counter("callbridge.speech.cache", "result", result).increment();
  }

  /// Fields end with a line break, which none of them has but the last.
  static String key(Voice voice, String text) {
    String all =
        String.join(
            "\n",
            voice.id(),
            voice.model(),
            String.valueOf(voice.language()),
            "" + voice.stability(),
            "" + voice.similarityBoost(),
            "" + voice.style(),
            "" + voice.speakerBoost(),
            "" + voice.speed(),
            "" + voice.pronunciations(),
            text);
    return HexFormat.of().formatHex(Bodies.sha256(all.getBytes(UTF_8)));
  }

  @Override
  public void destroy() {
    disk.dispose();
  }
}
