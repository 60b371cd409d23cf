package dev.callbridge.announcements;

import dev.callbridge.agent.AgentException;
import dev.callbridge.speech.Phrases;
import dev.callbridge.speech.SentenceCutter;
import dev.callbridge.speech.Synthesis;
import dev.callbridge.speech.Voice;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Makes the audio of a text, sentence by sentence, the next ones while the first is spoken. What
/// is the same in every call is kept; what holds a call's variables is not.
record Speaker(Phrases phrases, Synthesis synthesis) {

  private static final int AT_ONCE = 3;

  /// In whole sentences. Fails with an [AgentException] when neither voice speaks.
  ///
  /// @param voices the one that was asked for, then the default voice if that is another
  /// @param isKept whether a sentence is the same in every call
  /// @param onFallBack is told why the first did not speak
  Flux<byte[]> speak(
      String text, List<Voice> voices, Predicate<String> isKept, Consumer<String> onFallBack) {
    return Flux.fromIterable(sentences(text))
        .flatMapSequential(
            sentence -> {
              Mono<byte[]> spoken = spoken(sentence, voices.getFirst(), isKept);
              return voices.size() == 1
                  ? spoken
                  : spoken.onErrorResume(
                      AgentException.class,
                      e -> {
                        onFallBack.accept(e.reason());
                        return spoken(sentence, voices.getLast(), isKept);
                      });
            },
            AT_ONCE,
            1);
  }

  private Mono<byte[]> spoken(String sentence, Voice voice, Predicate<String> isKept) {
    return isKept.test(sentence)
        ? phrases.of(voice, sentence)
        : synthesis
            .audio(sentence, voice)
            .collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes)
            .map(ByteArrayOutputStream::toByteArray)
            .filter(audio -> audio.length > 0)
            .switchIfEmpty(Mono.error(() -> new AgentException("tts_http_empty")));
  }

  private static List<String> sentences(String text) {
    SentenceCutter cutter = new SentenceCutter();
    List<String> sentences = new ArrayList<>(cutter.add(text));
    sentences.addAll(cutter.finish());
    sentences.removeIf(it -> it.codePoints().noneMatch(Character::isLetterOrDigit));
    return sentences;
  }
}
