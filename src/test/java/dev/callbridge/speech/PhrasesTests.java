package dev.callbridge.speech;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.agent.AgentException;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@CallbridgeTest
final class PhrasesTests {

  @Autowired private Callbridge callbridge;
  @Autowired private Phrases phrases;

  private final Voice voice = Voice.of("sandbox", "m" + UUID.randomUUID());

  @Test
  void aPhraseIsMadeOnceForAllWhoAskAtATimeAndLater() {
    long before = made("Of course, go ahead.");
    List<byte[]> all =
        Flux.range(0, 20)
            .flatMap(_ -> phrases.of(voice, "Of course, go ahead."), 20)
            .collectList()
            .block(Callbridge.SOON);
    byte[] later = phrases.of(voice, "Of course, go ahead.").block(Callbridge.SOON);

    byte[] clip = SpeechClips.load().clip("go-ahead").ulaw();
    assertThat(all).hasSize(20).allSatisfy(audio -> assertThat(audio).isEqualTo(clip));
    assertThat(later).isEqualTo(clip);
    assertThat(made("Of course, go ahead.") - before).isEqualTo(1);
  }

  /// A call that begins asks for its greeting, and says it later: then it does not wait for a disk
  /// or for another thread.
  @Test
  void aPhraseThatWasAskedForIsThereInTheSignalThatAsksAgain() {
    phrases.of(voice, "Of course, go ahead.").block(Callbridge.SOON);

    for (Mono<byte[]> again :
        List.of(
            phrases.of(voice, "Of course, go ahead."),
            phrases.known(voice, "Of course, go ahead."))) {
      List<Thread> threads = new ArrayList<>();
      again.subscribe(_ -> threads.add(Thread.currentThread()));
      assertThat(threads).containsExactly(Thread.currentThread());
    }
  }

  @Test
  void whoGoesAwayDoesNotStopItForTheOthers() {
    Mono<byte[]> asked = phrases.of(voice, "Are you still there?");
    StepVerifier.create(asked).thenCancel().verify(Callbridge.SOON);

    assertThat(asked.block(Callbridge.SOON)).isNotEmpty();
  }

  @Test
  void whatIsNotThereIsNotMadeForThoseWhoOnlyTakeWhatIsThere() {
    StepVerifier.create(phrases.known(voice, "Never said."))
        .expectComplete()
        .verify(Callbridge.SOON);
  }

  @Test
  void whatCannotBeMadeIsToldAndTriedAgainByTheNext() {
    Voice unknown = Voice.of("unknown", "m");
    for (int i = 0; i < 2; i++) {
      StepVerifier.create(phrases.of(unknown, "Hello."))
          .expectErrorSatisfies(e ->
              assertThat(e)
                  .isInstanceOfSatisfying(
                      AgentException.class,
                      it -> assertThat(it.reason()).isEqualTo("tts_http_404")))
          .verify(Callbridge.SOON);
    }
  }

  @Test
  void otherVoicesModelsAndSettingsAreOtherPhrases() {
    Voice other =
        new Voice(voice.id(), voice.model(), null, 0.4, 0.75, 0, true, 1, voice.pronunciations());
    assertThat(
            List.of(
                Phrases.key(voice, "Hello."),
                Phrases.key(voice, "Hello"),
                Phrases.key(voice.as("b"), "Hello."),
                Phrases.key(other, "Hello."),
                Phrases.key(Voice.of("sandbox", "another"), "Hello.")))
        .doesNotHaveDuplicates()
        .allMatch(key -> key.matches("[0-9a-f]{64}"));
  }

  private long made(String text) {
    return callbridge.elevenlabs().stages().spokenOverHttp().stream().filter(text::equals).count();
  }
}
