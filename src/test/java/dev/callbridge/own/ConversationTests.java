package dev.callbridge.own;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.agent.FromAgent;
import dev.callbridge.agent.FromAgent.Alignment;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import dev.callbridge.assistants.Assistant;
import dev.callbridge.assistants.OwnAgentSettings;
import dev.callbridge.assistants.OwnAgentSettings.InterruptBy;
import dev.callbridge.assistants.OwnAgentSettings.Model;
import dev.callbridge.assistants.OwnAgentSettings.SpeakBy;
import dev.callbridge.own.Message.Role;
import dev.callbridge.speech.Heard;
import dev.callbridge.speech.Spoken;
import dev.callbridge.speech.ToSpeak;
import dev.callbridge.speech.Voice;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who has the turn, told one thing at a time. What is decided comes out in the signal that decides
/// it: the `clear`, the end of thinking and the end of speaking alike.
final class ConversationTests {

  private static final String SENTENCE = "We have a table on Friday.";
  private static final Thought.Use BOOKS =
      new Thought.Use("use1", "book_table", Map.of("people", 2), "{\"people\":2}");

  private long now = Duration.ofSeconds(100).toNanos();
  private final List<Questions.Question> asked = new ArrayList<>();
  private final List<ToSpeak> told = new ArrayList<>();
  private Conversation conversation = conversation(InterruptBy.PARTIALS);

  private Conversation conversation(InterruptBy by) {
    Voice voice = Voice.of("voice", "model");
    Conversation made =
        new Conversation(
            new Introduction("own", "call", Map.of(), "", null, null),
            Assistant.of("own"),
            settings(by),
            voice,
            voice,
            new Loudness(new LoudCaller(Duration.ofMillis(700))),
            new OwnMeters(new SimpleMeterRegistry()),
            () -> now);
    made.ways().subscribe(way -> way.commands().subscribe(told::add));
    made.questions().subscribe(asked::add);
    made.heard(new Heard.Started());
    assertThat(made.spoken(new Spoken.Opened())).hasOnlyElementsOfType(FromAgent.Ready.class);
    return made;
  }

  @BeforeEach
  void theCallerAsks() {
    assertThat(conversation.heard(new Heard.Committed("Do you have a table?")))
        .containsExactly(new FromAgent.CallerSaid("Do you have a table?"));
    assertThat(asked).hasSize(1);
  }

  @Test
  void cutInWhileItThinksItThinksOfTheNewQuestionAlone() {
    List<FromAgent> out = commits("On Friday, I mean.");

    assertThat(out).containsExactly(new FromAgent.CallerSaid("On Friday, I mean."));
    assertThat(thinking()).containsExactly("Do you have a table?", "On Friday, I mean.");
    assertThat(conversation.thought(1, words(SENTENCE))).isEmpty();
    conversation.thoughtOut(1);
    assertThat(told).as("of the first answer nothing is spoken").isEmpty();
  }

  @Test
  void cutInBeforeItsFirstSoundNothingOfItIsHeard() {
    conversation.thought(1, words(SENTENCE + " And"));
    assertThat(told).hasSize(2);

    List<FromAgent> out = commits("One moment.");

    assertThat(out).doesNotHaveAnyElementsOfTypes(FromAgent.Audio.class);
    assertThat(told).last().isEqualTo(new ToSpeak.Abandon("t1"));
    assertThat(sounds("t1", SENTENCE)).as("a sound that was under way").isEmpty();
    assertThat(thinking()).containsExactly("Do you have a table?", "One moment.");
  }

  @Test
  void cutInWhileItSpeaksAndThinksAllOfItEndsInTheSameSignal() {
    conversation.thought(1, words(SENTENCE + " And on Saturday "));
    assertThat(sounds("t1", SENTENCE)).hasAtLeastOneElementOfType(FromAgent.Audio.class);
    pass(Duration.ofMillis(500));
    assertThat(partial("One moment")).as("it has only begun").isEmpty();
    pass(Duration.ofMillis(500));

    List<FromAgent> out = partial("One moment please");

    assertThat(out)
        .containsSubsequence(
            new FromAgent.Interruption(1), new FromAgent.AgentCorrected("We have a"));
    assertThat(told).last().isEqualTo(new ToSpeak.Abandon("t1"));
    assertThat(asked.getLast().messages()).as("it thinks no more").isNull();
    assertThat(sounds("t1", " And on Saturday")).isEmpty();
    assertThat(conversation.thought(1, words("too."))).isEmpty();
    commits("One moment please.");
    assertThat(thinking())
        .as("the history holds what was heard")
        .containsExactly("Do you have a table?", "We have a", "One moment please.");
  }

  @Test
  void cutInWhileAToolRunsItsResultIsStillTold() {
    conversation.thought(1, BOOKS);
    assertThat(conversation.thoughtOut(1)).hasAtLeastOneElementOfType(FromAgent.ToolCall.class);
    sounds("t1", "One moment, please.");
    pass(Duration.ofMillis(200));

    assertThat(commits("And outside, if you can."))
        .hasAtLeastOneElementOfType(FromAgent.Interruption.class);
    conversation.told(new ToAgent.ToolResult("use1", "{\"booked\":true}", false));
    commits("Are you there?");

    assertThat(Objects.requireNonNull(asked.getLast().messages()))
        .filteredOn(message -> message.role() == Role.TOOL)
        .extracting(Message::text)
        .containsExactly("{\"booked\":true}");
  }

  @Test
  void cutInWhileTheLastOfItPlaysTheContextIsNotEndedTwice() {
    conversation.thought(1, words(SENTENCE));
    conversation.thoughtOut(1);
    sounds("t1", SENTENCE);
    conversation.spoken(new Spoken.Finished("t1"));
    pass(Duration.ofMillis(900));
    int before = told.size();

    assertThat(commits("Thank you, that is all I need."))
        .contains(new FromAgent.Interruption(1), new FromAgent.AgentCorrected("We have a"));
    assertThat(told).hasSize(before);
  }

  @Test
  void whatComesAfterItWasHeardInterruptsNothing() {
    conversation.thought(1, words(SENTENCE));
    conversation.thoughtOut(1);
    sounds("t1", SENTENCE);
    conversation.spoken(new Spoken.Finished("t1"));
    pass(Duration.ofSeconds(10));

    assertThat(commits("Thank you."))
        .as("late")
        .containsExactly(new FromAgent.CallerSaid("Thank you."));
    assertThat(thinking()).containsExactly("Do you have a table?", SENTENCE, "Thank you.");
  }

  @Test
  void murmursNoisesAndEmptyCommitsStopNothing() {
    conversation.thought(1, words(SENTENCE + " And"));
    sounds("t1", SENTENCE);
    for (String text : List.of("", " ", "(coughs)", "Mm-hm.", "yeah okay", "[noise]")) {
      partial(text);
      pass(Duration.ofMillis(50));
      assertThat(partial(text)).as(text).isEmpty();
      assertThat(commits(text)).as(text).isEmpty();
    }
    assertThat(asked).hasSize(1);
  }

  @Test
  void byEnergyAVoiceIsEnoughAndWordsAreNot() {
    told.clear();
    asked.clear();
    conversation = conversation(InterruptBy.ENERGY);
    assertThat(conversation.loud()).as("nothing is said yet").isEmpty();
    theCallerAsks();
    conversation.thought(1, words(SENTENCE + " And"));
    sounds("t1", SENTENCE);
    partial("One moment");
    pass(Duration.ofMillis(900));
    assertThat(partial("One moment please")).isEmpty();

    assertThat(conversation.loud())
        .containsSubsequence(
            new FromAgent.Interruption(1), new FromAgent.AgentCorrected("We have a"));
    assertThat(told).last().isEqualTo(new ToSpeak.Abandon("t1"));
    assertThat(conversation.loud()).as("again").isEmpty();
  }

  @Test
  void whoeverHasTheCallInItsPlaceIsNotAnswered() {
    conversation.thought(1, words(SENTENCE + " And"));
    sounds("t1", SENTENCE);
    pass(Duration.ofMillis(900));
    assertThat(conversation.told(new ToAgent.TakenOver())).contains(new FromAgent.Interruption(1));
    assertThat(conversation.told(new ToAgent.TakenOver())).isEmpty();
    int before = asked.size();

    assertThat(commits("Who is this?")).containsExactly(new FromAgent.CallerSaid("Who is this?"));
    pass(Duration.ofMinutes(5));
    assertThat(conversation.tick()).as("it does not ask whether somebody is there").isEmpty();
    assertThat(asked).hasSize(before);

    assertThat(conversation.told(new ToAgent.HandedBack("It is Anna."))).isEmpty();
    commits("Well then.");
    assertThat(thinking())
        .containsExactly(
            "Do you have a table?", "We have a", "Who is this?", "It is Anna.", "Well then.");
  }

  private List<FromAgent> commits(String text) {
    return conversation.heard(new Heard.Committed(text));
  }

  private List<FromAgent> partial(String text) {
    return conversation.heard(new Heard.Partial(text));
  }

  /// 100 ms a character.
  private List<FromAgent> sounds(String context, String text) {
    byte[] audio = new byte[800 * text.length()];
    byte[] payload = Base64.getEncoder().encodeToString(audio).getBytes(ISO_8859_1);
    int[] starts = IntStream.range(0, text.length()).map(i -> 100 * i).toArray();
    return conversation.spoken(
        new Spoken.Sound(context, payload, new Alignment(text, starts), false));
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private static Thought words(String text) {
    return new Thought.Words(text);
  }

  /// What the model is asked with, but for what it is told it is.
  private List<String> thinking() {
    return Objects.requireNonNull(asked.getLast().messages()).stream()
        .skip(1)
        .map(Message::text)
        .toList();
  }

  private static OwnAgentSettings settings(InterruptBy by) {
    return new OwnAgentSettings(
        "You take bookings.",
        new Model(null, URI.create("https://llm.example.com/v1"), "m", null, Duration.ofSeconds(4)),
        null,
        null,
        "voice",
        "model",
        "scribe",
        0.5,
        0.75,
        0,
        true,
        1,
        SpeakBy.MULTI_CONTEXT,
        Duration.ofSeconds(2),
        List.of(),
        Duration.ofMillis(600),
        by,
        2,
        Duration.ofMillis(300),
        Duration.ofMillis(700),
        "One moment, please.",
        "Are you still there?",
        Duration.ofSeconds(15),
        2,
        "Goodbye.");
  }
}
