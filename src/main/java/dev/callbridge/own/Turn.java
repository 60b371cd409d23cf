package dev.callbridge.own;

import dev.callbridge.agent.FromAgent;
import dev.callbridge.own.History.Entry;
import dev.callbridge.own.Message.Role;
import dev.callbridge.speech.SentenceCutter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One turn of the agent, from the moment it begins to think until it is heard or cut short.
final class Turn {

  final int number;
  final String context;
  final Playout playout = new Playout();
  final SentenceCutter sentences = new SentenceCutter();

  /// Uses of tools whose results are awaited, with the time they were asked for.
  final Map<String, Long> awaited = new HashMap<>();

  /// Uses that the current answer of the model asks for.
  final List<Thought.Use> uses = new ArrayList<>();

  private final List<Entry> entries = new ArrayList<>();

  /// What was handed to speech since the last entry of the history.
  private final StringBuilder words = new StringBuilder();

  private final StringBuilder whole = new StringBuilder();

  final long began;

  /// When the caller stopped speaking, 0 where that is not known.
  private final long spokenUntil;

  private long firstToken;
  private boolean answers;

  boolean speaks;
  boolean thought;
  boolean spoken;
  boolean announced;
  boolean last;

  /// Spoken from the cache of phrases.
  boolean isPhrase;

  int rounds;

  /// @param spokenUntil when what it answers had been said, 0 where that is not known
  Turn(int number, long now, long spokenUntil) {
    this.number = number;
    this.context = "t" + number;
    this.began = now;
    this.spokenUntil = spokenUntil;
  }

  void answers() {
    answers = true;
  }

  /// The model has begun.
  void token(long now) {
    if (firstToken == 0) {
      firstToken = now;
    }
  }

  /// How long it took, now that its first audio is here.
  List<FromAgent> answering(long now) {
    return answers
        ? List.of(
            new FromAgent.Answering(
                spokenUntil == 0 ? null : millis(spokenUntil, began),
                firstToken == 0 ? null : millis(began, firstToken),
                firstToken == 0 ? null : millis(firstToken, now)))
        : List.of();
  }

  private static int millis(long from, long to) {
    return (int) Math.clamp((to - from) / 1_000_000, 0, Integer.MAX_VALUE);
  }

  void say(String sentence) {
    words.append(words.isEmpty() ? "" : " ").append(sentence);
    whole.append(whole.isEmpty() ? "" : " ").append(sentence);
  }

  String text() {
    return whole.toString();
  }

  /// Puts what was said since the last time into the history.
  void record(History history, List<Thought.Use> asked) {
    String text = words.toString();
    words.setLength(0);
    if (!text.isEmpty() || !asked.isEmpty()) {
      entries.add(history.add(new Message(Role.ASSISTANT, text, asked, null)));
    }
  }

  /// Its text, once.
  List<FromAgent> announce() {
    if (announced || whole.isEmpty()) {
      return List.of();
    }
    announced = true;
    return List.of(new FromAgent.AgentSaid(text()));
  }

  /// Leaves of what is in the history only what was heard.
  void cut(String heard) {
    int left = heard.length();
    for (Entry entry : entries) {
      String text = entry.text();
      if (left < text.length()) {
        entry.text(text.substring(0, Math.max(0, left)).strip());
      }
      left -= text.length() + 1;
    }
  }

  /// Whether there is nothing left to come of it but what plays.
  boolean isOver() {
    return thought && awaited.isEmpty() && (!speaks || spoken);
  }

  /// Whether anything of it is to come, or is heard now.
  boolean hasTheFloor(long now) {
    return !isOver() || playout.isPlaying(now);
  }

  /// A goodbye is said to its end.
  boolean mayBeCut() {
    return !last;
  }
}
