package dev.callbridge.own;

import dev.callbridge.agent.Agent;
import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.OwnAgentSettings;
import dev.callbridge.assistants.OwnAgentSettings.InterruptBy;
import dev.callbridge.speech.CallerSide;
import dev.callbridge.speech.Heard;
import dev.callbridge.speech.SpeechToText;
import dev.callbridge.speech.SpeechToText.Listening;
import dev.callbridge.speech.Spoken;
import dev.callbridge.speech.TextToSpeech;
import dev.callbridge.speech.Voice;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// An agent put together from three stages. Everything that any of them says comes to one
/// [Conversation], one after the other, and what that decides goes out.
///
/// Demand reaches the stages: each has at most one message on its way here. However it ends, by
/// completion, failure or cancelling, it ends all three.
record OwnAgent(
    Assistant assistant,
    OwnAgentSettings settings,
    SpeechToText ear,
    TextToSpeech mouth,
    HttpMouth httpMouth,
    PhraseMouth phraseMouth,
    Function<Introduction, Brain> brains,
    OwnMeters meters)
    implements Agent {

  private static final Duration TICK = Duration.ofMillis(100);

  /// What an event makes the conversation do.
  private interface Input extends Supplier<List<FromAgent>> {}

  @Override
  public Flux<FromAgent> converse(Introduction introduction, Flux<ToAgent> caller) {
    return Flux.defer(() -> {
      Loudness loudness = new Loudness(new LoudCaller(settings.interruptLoud()));
      Sinks.Many<Input> loud =
          Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(1));
      Voice otherwise = voice(settings.voiceId(), introduction);
      String chosen = introduction.voiceId();
      Conversation conversation =
          new Conversation(
              introduction,
              assistant,
              settings,
              chosen == null ? otherwise : otherwise.as(chosen),
              otherwise,
              loudness,
              meters,
              System::nanoTime);
      Brain brain = brains.apply(introduction);
      CallerSide side = new CallerSide();
      Flux<byte[]> audio =
          side.voice(caller)
              .doOnNext(payload -> {
                if (loudness.frame(payload, System.nanoTime())
                    && settings.interruptBy() == InterruptBy.ENERGY) {
                  // One that is not taken yet says the same.
                  loud.tryEmitNext(conversation::loud);
                }
              });
      return Flux.merge(
              1,
              listen(introduction, audio).map(heard -> input(() -> conversation.heard(heard))),
              conversation
                  .ways()
                  .switchMap(
                      way ->
                          speak(way).map(spoken -> input(() -> conversation.spoken(way, spoken))),
                      1),
              conversation
                  .phrases()
                  .switchMap(phraseMouth::speak, 1)
                  .map(spoken -> input(() -> conversation.spoken(spoken))),
              phraseMouth.prepare(conversation.phrasesToCome()).then(Mono.empty()),
              conversation
                  .questions()
                  .switchMap(question -> think(brain, question, conversation), 1),
              loud.asFlux(),
              side.messages().map(message -> input(() -> conversation.told(message))),
              Flux.interval(TICK).onBackpressureDrop().map(_ -> input(conversation::tick)))
          .concatMapIterable(Supplier::get, 1)
          .takeUntil(FromAgent.Goodbye.class::isInstance)
          .takeUntilOther(side.hungUp());
    });
  }

  private static Input input(Input input) {
    return input;
  }

  /// A way that fails says so: there may be another.
  private Flux<Spoken> speak(Speech.Way way) {
    Flux<Spoken> spoken =
        switch (way.by()) {
          case MULTI_CONTEXT -> mouth.speak(way.voice(), way.commands());
          case SINGLE_CONTEXT -> mouth.speakEach(way.voice(), way.commands());
          case HTTP -> httpMouth.speak(way.voice(), way.commands());
        };
    return spoken.onErrorResume(
        AgentException.class, e -> Mono.just(new Spoken.Failed(e.reason())));
  }

  private Flux<Heard> listen(Introduction introduction, Flux<byte[]> audio) {
    Listening how =
        new Listening(settings.transcriptionModel(), settings.endOfTurn(), introduction.language());
    return audio.publish(
        voice -> ear.keepListening(how, voice, meters.listeningAgain::increment), 1);
  }

  /// None is what cancels the one before.
  private static Flux<Input> think(
      Brain brain, Questions.Question question, Conversation conversation) {
    @Nullable List<Message> messages = question.messages();
    if (messages == null) {
      return Flux.empty();
    }
    int turn = question.turn();
    return brain
        .think(messages)
        .map(thought -> input(() -> conversation.thought(turn, thought)))
        .concatWith(Mono.just(() -> conversation.thoughtOut(turn)));
  }

  private Voice voice(String id, Introduction introduction) {
    return new Voice(
        id,
        settings.speechModel(),
        introduction.language() == null ? null : introduction.language().replaceFirst("-.*", ""),
        settings.stability(),
        settings.similarityBoost(),
        settings.style(),
        settings.speakerBoost(),
        settings.speed(),
        settings.pronunciations().stream()
            .map(it -> new Voice.Pronunciation(it.id(), it.version()))
            .toList());
  }
}
