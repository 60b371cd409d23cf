package dev.callbridge.sandbox.elevenlabs;

import java.util.List;

/// What the agent says next: a restaurant desk that asks two questions, confirms and says goodbye.
final class Dialogue {

  /// @param clip the recording to play
  /// @param last whether the agent hangs up after it
  record Line(String clip, boolean last) {}

  static final Line GOODBYE = new Line("goodbye", true);
  static final Line CHECKING = new Line("checking", false);
  static final Line STILL_THERE = new Line("still-there", false);

  /// Speech shorter than this, and not recognised, was not understood.
  static final int SHORTEST_ANSWER_MILLIS = 300;

  private static final Line GO_AHEAD = new Line("go-ahead", false);
  private static final Line SORRY = new Line("sorry", false);

  /// All that a booking needs, said at once, and the answer to it.
  private static final String WHOLE_BOOKING = "whole-booking";

  private static final Line BOOKED = new Line("booked", true);
  private static final String INTERRUPTION = "one-moment";
  private static final String FAREWELL = "thank-you-goodbye";

  private final List<String> plan;
  private int next;

  Dialogue(AgentBehaviour behaviour) {
    plan =
        behaviour == AgentBehaviour.TALKATIVE
            ? List.of("long", "ask-people", "ask-time", "confirm")
            : List.of("ask-people", "ask-time", "confirm");
  }

  /// @param heard the name of the recording the caller played, empty when it was anything else
  /// @param interrupting whether the caller cut the agent short to say it
  Line reply(String heard, int loudMillis, boolean interrupting) {
    if (heard.equals(FAREWELL)) {
      return GOODBYE;
    }
    if (heard.equals(WHOLE_BOOKING)) {
      return BOOKED;
    }
    if (interrupting && (heard.isEmpty() || heard.equals(INTERRUPTION))) {
      return GO_AHEAD;
    }
    if (heard.isEmpty() && loudMillis < SHORTEST_ANSWER_MILLIS) {
      return SORRY;
    }
    return next < plan.size() ? new Line(plan.get(next++), false) : GOODBYE;
  }
}
