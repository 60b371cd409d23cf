package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import dev.callbridge.speech.Phrases;
import dev.callbridge.speech.Spoken;
import dev.callbridge.speech.Voice;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Speaks what is said in every call from the cache of phrases.
///
/// @param limit a phrase that is not there yet, and takes longer to be made, is said otherwise
record PhraseMouth(Phrases phrases, Duration limit) {

  /// A second of speech: what is interrupted in it was not all handed on.
  private static final int PIECE = 8_000;

  /// @param known said only if it is there already
  record Phrase(String context, String text, Voice voice, boolean known) {}

  /// Its audio, or [Spoken.Missed].
  Flux<Spoken> speak(Phrase phrase) {
    Mono<byte[]> audio =
        phrase.known()
            ? phrases.known(phrase.voice(), phrase.text())
            : phrases.of(phrase.voice(), phrase.text()).timeout(limit);
    return audio
        .onErrorResume(
            e -> e instanceof AgentException || e instanceof TimeoutException, _ -> Mono.empty())
        .flatMapMany(whole -> pieces(phrase.context(), whole))
        .switchIfEmpty(Mono.just(new Spoken.Missed(phrase.context())));
  }

  /// Has them in memory by the time that they are said, and makes what is not there: later nothing
  /// may be made any more.
  Mono<Void> prepare(List<Phrase> toCome) {
    return Flux.fromIterable(toCome)
        .concatMap(phrase ->
            phrases.of(phrase.voice(), phrase.text()).then().onErrorComplete(AgentException.class))
        .then();
  }

  private static Flux<Spoken> pieces(String context, byte[] whole) {
    int last = (whole.length - 1) / PIECE;
    return Flux.fromStream(() -> IntStream.rangeClosed(0, last).boxed())
        .map(i -> {
          byte[] piece =
              Arrays.copyOfRange(whole, i * PIECE, Math.min(whole.length, (i + 1) * PIECE));
          return new Spoken.Sound(context, HttpMouth.base64(piece), null, i == last);
        });
  }
}
