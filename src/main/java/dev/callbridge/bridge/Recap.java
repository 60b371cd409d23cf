package dev.callbridge.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.call.Turn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was said before the agent was lost, for the one that takes the call up again.
final class Recap {

  static final int MAX_TURNS = 20;

  /// Of the whole text.
  static final int MAX_BYTES = 4 * 1024;

  private static final String PREFACE =
      "The connection was lost for a moment and this same call goes on. Do not greet the caller again"
          + " and do not ask again what was answered already. This was said so far, as the caller"
          + " heard it:";

  private static final String MEANWHILE =
      "A person of the team has spoken with the caller in your voice for a while, and you have the"
          + " call again. Do not say anything of it again and do not mention the person. This was"
          + " said meanwhile:";

  private static final String NOTHING = "\nNothing.";

  private Recap() {}

  /// Of what was said while the agent did not hear it.
  static String meanwhile(List<Turn> turns) {
    @Nullable String said = of(MEANWHILE, turns);
    return said == null ? MEANWHILE + NOTHING : said;
  }

  /// Null when nothing was said yet: then the call is as good as new. What does not fit is the
  /// oldest.
  static @Nullable String of(List<Turn> turns) {
    return of(PREFACE, turns);
  }

  private static @Nullable String of(String preface, List<Turn> turns) {
    StringBuilder said = new StringBuilder();
    int left = MAX_BYTES - preface.length();
    for (Turn turn : turns.reversed().subList(0, Math.min(MAX_TURNS, turns.size()))) {
      String line = line(turn);
      left -= line.getBytes(UTF_8).length;
      if (left < 0) {
        break;
      }
      said.insert(0, line);
    }
    return said.isEmpty() ? null : preface + said;
  }

  /// On one line, so that nobody's words look like somebody else's turn.
  private static String line(Turn turn) {
    String words = turn.heard().replaceAll("\\s+", " ").strip();
    if (words.isEmpty()) {
      return "";
    }
    String cut = words.length() > 1_000 ? "..." + words.substring(words.length() - 1_000) : words;
    return switch (turn.role()) {
          case AGENT -> "\nYou: ";
          case CALLER -> "\nCaller: ";
          case SUPERVISOR -> "\nA person of the team, in your voice: ";
        }
        + cut;
  }
}
