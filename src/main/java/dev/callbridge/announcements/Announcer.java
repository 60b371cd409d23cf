package dev.callbridge.announcements;

import dev.callbridge.agent.Agent;
import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.assistants.AnnouncementSettings;
import dev.callbridge.assistants.Template;
import dev.callbridge.speech.SpeechToText;
import dev.callbridge.speech.SpeechToText.Listening;
import dev.callbridge.speech.Voice;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/// The agent that announces. All that happens comes to one [Announcement], one after the other, and
/// what that decides goes out. Speech-to-text is opened only where a word is waited for; should it
/// fail, what was to be heard can still be heard, and confirmed by a key.
record Announcer(AnnouncementSettings settings, Speaker speaker, SpeechToText ear)
    implements Agent {

  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration END_OF_WORDS = Duration.ofMillis(500);

  /// Sessions of speech-to-text in one call.
  private static final int MAX_SESSIONS = 4;

  /// Beside audio; the line itself lets no more wait.
  private static final int MAX_MESSAGES = 64;

  /// What an event makes the announcement do.
  private interface Input extends Supplier<List<FromAgent>> {}

  @Override
  public boolean followsPlayback() {
    return true;
  }

  @Override
  public Flux<FromAgent> converse(Introduction introduction, Flux<ToAgent> caller) {
    return Flux.defer(() -> {
      String first = introduction.firstMessage();
      String text =
          Template.spoken(first == null ? settings.text() : first, introduction.variables());
      Announcement announcement = new Announcement(settings, text, System::nanoTime);
      Sinks.Empty<Void> hungUp = Sinks.empty();
      Sinks.Many<ToAgent> messages =
          Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_MESSAGES));
      Sinks.Many<String> fallBacks =
          Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_MESSAGES));
      AtomicBoolean fell = new AtomicBoolean();
      return Flux.merge(
              1,
              Mono.just(input(announcement::begin)),
              announcement
                  .parts()
                  .switchMap(
                      part ->
                          speak(
                              part,
                              introduction,
                              reason -> {
                                if (fell.compareAndSet(false, true)) {
                                  fallBacks.tryEmitNext(reason);
                                }
                              }),
                      1)
                  .map(said -> input(() -> announcement.said(said))),
              fallBacks.asFlux().map(reason -> fellBack("tts", "default_voice", reason)),
              listen(introduction, voice(caller, messages, hungUp), announcement),
              messages.asFlux().map(message -> input(() -> announcement.told(message))),
              Flux.interval(TICK).onBackpressureDrop().map(_ -> input(announcement::tick)))
          .concatMapIterable(Supplier::get, 1)
          .takeUntil(FromAgent.Goodbye.class::isInstance)
          .takeUntilOther(hungUp.asMono());
    });
  }

  private static Input input(Input input) {
    return input;
  }

  private static Input fellBack(String stage, String used, String reason) {
    return () -> List.of(new FromAgent.FellBack(stage, used, reason));
  }

  private Flux<Said> speak(Part part, Introduction introduction, Consumer<String> onFallBack) {
    return Flux.fromIterable(part.texts())
        .concatMap(
            text ->
                speaker
                    .speak(text.words(), voices(introduction), this::isKept, onFallBack)
                    .<Said>map(ulaw -> new Said.Sound(text, ulaw))
                    .concatWith(Mono.just(new Said.Whole(text))),
            1)
        .onErrorResume(AgentException.class, e -> Mono.just(new Said.Failed(e.reason())));
  }

  /// What stands in the settings as it is said is the same in every call.
  private boolean isKept(String sentence) {
    return settings.text().contains(sentence)
        || settings.question().contains(sentence)
        || settings.thanks().contains(sentence)
        || settings.goodbye().contains(sentence);
  }

  /// The caller's voice; what else the caller's side says goes to `messages`.
  private static Flux<byte[]> voice(
      Flux<ToAgent> caller, Sinks.Many<ToAgent> messages, Sinks.Empty<Void> hungUp) {
    return caller
        .doOnComplete(hungUp::tryEmitEmpty)
        .handle((message, sink) -> {
          if (message instanceof ToAgent.Audio(byte[] payload)) {
            sink.next(payload);
          } else if (messages.tryEmitNext(message).isFailure()) {
            sink.error(new AgentException("stalled"));
          }
        });
  }

  /// Without a word to wait for the voice is read and let go.
  private Flux<Input> listen(
      Introduction introduction, Flux<byte[]> voice, Announcement announcement) {
    if (settings.confirmWords().isEmpty()) {
      return voice.thenMany(Flux.empty());
    }
    Listening how =
        new Listening(settings.transcriptionModel(), END_OF_WORDS, introduction.language());
    return voice.publish(
        audio ->
            ear.listen(how, audio)
                .retryWhen(Retry.from(failed -> failed.concatMap(Announcer::again)))
                .map(heard -> input(() -> announcement.heard(heard)))
                .onErrorResume(
                    AgentException.class,
                    e ->
                        Flux.just(fellBack("stt", "keys", e.reason()))
                            .concatWith(audio.thenMany(Flux.empty()))),
        1);
  }

  private static Mono<Long> again(Retry.RetrySignal failed) {
    return failed.failure() instanceof AgentException e
            && SpeechToText.mayPass(e)
            && failed.totalRetries() < MAX_SESSIONS - 1
        ? Mono.delay(PAUSE)
        : Mono.error(failed.failure());
  }

  private List<Voice> voices(Introduction introduction) {
    Voice otherwise = Voice.of(settings.voiceId(), settings.speechModel());
    @Nullable String chosen = introduction.voiceId();
    return chosen == null || chosen.equals(settings.voiceId())
        ? List.of(otherwise)
        : List.of(otherwise.as(chosen), otherwise);
  }
}
