package dev.callbridge.bridge;

import dev.callbridge.agent.FromAgent;
import dev.callbridge.call.Latency;
import dev.callbridge.call.Turn;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Who said what in one conversation, and what the caller heard of it. Every turn is handed on when
/// it begins and whenever more is known of it.
final class Transcript {

  private final List<AgentTurn> agentTurns = new ArrayList<>();
  private final Clock clock;
  private final Consumer<Turn> store;
  private final IntConsumer onPlayed;
  private int turns;

  /// The agent's turn that audio belongs to, until somebody else speaks.
  private @Nullable AgentTurn open;

  /// @param firstPosition of the first turn, so that a second session goes on where the first ended
  Transcript(int firstPosition, Clock clock, Consumer<Turn> store) {
    this(firstPosition, clock, store, _ -> {});
  }

  /// @param onPlayed gets the milliseconds from an answer's first audio to its being played
  Transcript(int firstPosition, Clock clock, Consumer<Turn> store, IntConsumer onPlayed) {
    this.turns = firstPosition;
    this.clock = clock;
    this.store = store;
    this.onPlayed = onPlayed;
  }

  /// One stretch of audio as part of a turn.
  record Spoken(AgentTurn turn, FromAgent.Audio audio, boolean isFirst) {}

  void callerSaid(String text) {
    open = null;
    store.accept(new Turn(turns++, Turn.Role.CALLER, text, text, null, false, clock.instant()));
  }

  /// A person speaks in the agent's place. What is said is known later.
  AgentTurn supervisorSays() {
    open = null;
    AgentTurn turn = new AgentTurn(turns++, Turn.Role.SUPERVISOR, clock.instant());
    turn.text = "";
    agentTurns.add(turn);
    put(turn);
    return turn;
  }

  void understood(AgentTurn supervisors, String text) {
    supervisors.text = text;
    put(supervisors);
  }

  /// What the agent says next is another turn.
  void turnOver() {
    open = null;
  }

  /// The text of a turn may come just after its first audio.
  void agentSaid(String text) {
    AgentTurn turn = open;
    if (turn == null || turn.text != null) {
      turn = begin();
    }
    turn.text = text;
    put(turn);
  }

  /// The agent's account of the turn that was cut short.
  void agentCorrected(String text) {
    for (AgentTurn turn : agentTurns.reversed()) {
      if (turn.role == Turn.Role.AGENT) {
        turn.corrected = text;
        put(turn);
        return;
      }
    }
  }

  Spoken speaking(FromAgent.Audio audio) {
    return speaking(open == null || open.interrupted ? begin() : open, audio);
  }

  Spoken speaking(AgentTurn turn, FromAgent.Audio audio) {
    turn.outstanding++;
    boolean isFirst = turn.millis == 0;
    turn.millis += audio.millis();
    return new Spoken(turn, audio, isFirst);
  }

  /// The turn that is being spoken answers the caller.
  void answered(Latency latency) {
    if (open != null) {
      open.latency = latency;
    }
  }

  /// @param millis after it came it began to be played
  void played(Spoken spoken, long millis) {
    AgentTurn turn = spoken.turn();
    if (spoken.isFirst() && turn.latency != null) {
      int waited = (int) Math.clamp(millis, 0, Integer.MAX_VALUE);
      turn.latency = turn.latency.played(waited);
      onPlayed.accept(waited);
    }
  }

  void heard(Spoken spoken) {
    AgentTurn turn = spoken.turn();
    turn.heardMillis += spoken.audio().millis();
    append(turn, spoken.audio(), spoken.audio().millis());
    settle(turn);
  }

  void partlyHeard(Spoken spoken, long millis) {
    AgentTurn turn = spoken.turn();
    turn.cutShort = true;
    turn.heardMillis += millis;
    append(turn, spoken.audio(), millis);
    settle(turn);
  }

  void interrupted() {
    AgentTurn turn = open;
    if (turn != null) {
      turn.interrupted = true;
      put(turn);
    }
  }

  /// An agent that speaks no faster than it is played settles after every word: only a turn that
  /// has its text is worth storing each time. Any other is stored when it is over.
  private void settle(AgentTurn turn) {
    if (--turn.outstanding == 0) {
      turn.unstored = true;
      if (turn.text != null) {
        put(turn);
      }
    }
  }

  /// Nothing more will be said: what is not stored yet is.
  void close() {
    open = null;
    for (AgentTurn turn : agentTurns) {
      if (turn.unstored) {
        put(turn);
      }
    }
  }

  private static void append(AgentTurn turn, FromAgent.Audio audio, long millis) {
    FromAgent.Alignment alignment = audio.alignment();
    if (alignment == null) {
      turn.aligned = false;
    } else {
      turn.alignedText.append(alignment.characters());
      turn.alignedHeard.append(
          millis >= audio.millis() ? alignment.characters() : alignment.until(millis));
    }
  }

  private AgentTurn begin() {
    AgentTurn turn = new AgentTurn(turns++, Turn.Role.AGENT, clock.instant());
    agentTurns.add(turn);
    open = turn;
    return turn;
  }

  private void put(AgentTurn turn) {
    turn.unstored = false;
    store.accept(turn.toTurn());
  }

  /// What is played to the caller as one turn: the agent's, or a supervisor's in its voice.
  static final class AgentTurn {
    private final int position;
    private final Turn.Role role;
    private final Instant at;
    private final StringBuilder alignedText = new StringBuilder();
    private final StringBuilder alignedHeard = new StringBuilder();

    /// Null until the agent has said what this turn is to be; the alignment stands in for it.
    private @Nullable String text;

    private @Nullable String corrected;
    private @Nullable Latency latency;
    private boolean aligned = true;
    private boolean interrupted;
    private boolean cutShort;
    private boolean unstored;
    private int outstanding;
    private long millis;
    private long heardMillis;

    private AgentTurn(int position, Turn.Role role, Instant at) {
      this.position = position;
      this.role = role;
      this.at = at;
    }

    private Turn toTurn() {
      String said = text == null ? alignedText.toString() : text;
      return new Turn(
          position, role, said, heard(said), corrected, interrupted || cutShort, at, latency);
    }

    /// All of it once all of its audio has played; else the characters that were reached, or, where
    /// the agent does not say when it speaks which, the part that the time played is of the whole.
    private String heard(String said) {
      if (!cutShort && outstanding == 0 && heardMillis > 0) {
        return said;
      } else if (aligned) {
        return alignedHeard.toString().strip();
      }
      int reached = millis == 0 ? 0 : (int) (said.length() * heardMillis / millis);
      return said.substring(0, wordEnd(said, Math.min(reached, said.length()))).strip();
    }

    private static int wordEnd(String text, int at) {
      if (at >= text.length()) {
        return text.length();
      }
      return Math.max(0, text.lastIndexOf(' ', at));
    }
  }
}
