package dev.callbridge.own;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.callbridge.speech.Spoken;
import dev.callbridge.speech.Synthesis;
import dev.callbridge.speech.ToSpeak;
import dev.callbridge.speech.Voice;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// Speaks sentence by sentence over HTTP, told and answering as the socket of text-to-speech does.
record HttpMouth(Synthesis synthesis) {

  /// Those who tell it bound what they tell.
  private static final int MAX_WAITING = 1_024;

  Flux<Spoken> speak(Voice voice, Flux<ToSpeak> text) {
    return Flux.defer(() -> {
      Set<String> abandoned = ConcurrentHashMap.newKeySet();
      Sinks.Many<String> abandonings = Sinks.many().multicast().directBestEffort();
      Flux<Spoken> spoken =
          text.doOnNext(
                  command -> {
                    if (command instanceof ToSpeak.Abandon(var context)) {
                      abandoned.add(context);
                      abandonings.tryEmitNext(context);
                    }
                  })
              .concatMap(
                  command -> speak(voice, command, abandoned, abandonings.asFlux()), MAX_WAITING);
      return Flux.<Spoken>just(new Spoken.Opened()).concatWith(spoken);
    });
  }

  private Flux<Spoken> speak(
      Voice voice, ToSpeak command, Set<String> abandoned, Flux<String> abandonings) {
    String context = command.context();
    return switch (command) {
      case ToSpeak.Begin _ -> Flux.empty();
      case ToSpeak.Say(_, var text) ->
          abandoned.contains(context)
              ? Flux.empty()
              : synthesis
                  .audio(text, voice)
                  .filter(audio -> audio.length > 0)
                  .<Spoken>map(audio -> new Spoken.Sound(context, base64(audio), null, false))
                  .takeUntilOther(abandonings.filter(context::equals));
      case ToSpeak.Finish _, ToSpeak.Abandon _ -> {
        abandoned.remove(context);
        yield Flux.just(new Spoken.Finished(context));
      }
    };
  }

  static byte[] base64(byte[] audio) {
    return Base64.getEncoder().encodeToString(audio).getBytes(ISO_8859_1);
  }
}
