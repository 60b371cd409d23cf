package dev.callbridge.announcements;

import dev.callbridge.agent.Agent;
import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.assistants.AnnouncementSettings;
import dev.callbridge.assistants.Template;
import dev.callbridge.speech.CallerSide;
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

/// The agent that announces. All that happens comes to one [Announcement], one after the other, and
/// what that decides goes out. Speech-to-text is opened only where a word is waited for; should it
/// fail, what was to be heard can still be heard, and confirmed by a key.
record Announcer(AnnouncementSettings settings, Speaker speaker, SpeechToText ear)
    implements Agent {

  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration END_OF_WORDS = Duration.ofMillis(500);

  /// Sentences that fell back.
  private static final int MAX_FALLBACKS = 64;

  /// What an event makes the announcement do.
  private interface Input extends Supplier<List<FromAgent>> {}

  @Override
  public boolean followsPlayback() {
    return true;
  }

  @Override
  public boolean mayBeTakenOver() {
    return false;
  }

  @Override
  public Flux<FromAgent> converse(Introduction introduction, Flux<ToAgent> caller) {
    return Flux.defer(() -> {
      String first = introduction.firstMessage();
      String text =
          Template.spoken(first == null ? settings.text() : first, introduction.variables());
      Announcement announcement = new Announcement(settings, text, System::nanoTime);
      CallerSide side = new CallerSide();
      Sinks.Many<String> fallBacks =
          Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_FALLBACKS));
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
              listen(introduction, side.voice(caller), announcement),
              side.messages().map(message -> input(() -> announcement.told(message))),
              Flux.interval(TICK).onBackpressureDrop().map(_ -> input(announcement::tick)))
          .concatMapIterable(Supplier::get, 1)
          .takeUntil(FromAgent.Goodbye.class::isInstance)
          .takeUntilOther(side.hungUp());
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
            ear.keepListening(how, audio, () -> {})
                .map(heard -> input(() -> announcement.heard(heard)))
                .onErrorResume(
                    AgentException.class,
                    e ->
                        Flux.just(fellBack("stt", "keys", e.reason()))
                            .concatWith(audio.thenMany(Flux.empty()))),
        1);
  }

  private List<Voice> voices(Introduction introduction) {
    Voice otherwise = Voice.of(settings.voiceId(), settings.speechModel());
    @Nullable String chosen = introduction.voiceId();
    return chosen == null || chosen.equals(settings.voiceId())
        ? List.of(otherwise)
        : List.of(otherwise.as(chosen), otherwise);
  }
}
