package dev.callbridge.faults;

import dev.callbridge.call.Call;
import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.twilio.CallerScript;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One fault, how it is made, and what must become of the call that meets it.
///
/// @param fault its number in the catalogue
/// @param injected how, in words
/// @param begin begins the call and returns its id once there is one
/// @param spokenWithin from the loss, or from where the agent should have been there, to the first
///   sentence; null for no bound
/// @param also what else must hold once the call is over: a sentence for each thing that does not
record FaultRow(
    String fault,
    String injected,
    Function<FaultBench, UUID> begin,
    Set<Outcome> outcomes,
    Pattern reason,
    Words words,
    @Nullable Duration spokenWithin,
    Also also) {

  interface Also {
    List<String> problems(FaultBench bench, Call call);
  }

  /// What the caller must hear of it from the carrier's own voice.
  enum Words {
    /// The last sentence says that nobody can talk to the caller.
    APOLOGY,
    /// A word while the call is mended.
    ONE_MOMENT,
    /// Nothing: nothing is wrong for the caller, or nobody is there.
    NONE,
    /// Not laid down.
    ANY
  }

  /// A caller who rings in and meets that agent.
  static FaultRow agent(
      String fault, String assistant, CallerScript caller, Outcome outcome, String reason) {
    return new FaultRow(
        fault,
        "agent `" + assistant + "`",
        bench -> bench.callIn(caller, "assistant=" + assistant),
        Set.of(outcome),
        Pattern.compile(reason),
        outcome == Outcome.COMPLETED || outcome == Outcome.CALLER_ABANDONED
            ? Words.NONE
            : Words.APOLOGY,
        null,
        (_, _) -> List.of());
  }

  /// Somebody who is rung at that number.
  static FaultRow number(
      String fault, String digits, String injected, Outcome outcome, String reason) {
    return new FaultRow(
        fault,
        "number `%s`: %s".formatted(digits, injected),
        bench -> bench.place("{\"to\":\"+1555000%s\",\"ringTimeoutSeconds\":10}".formatted(digits)),
        Set.of(outcome),
        Pattern.compile(reason),
        Words.NONE,
        null,
        (_, _) -> List.of());
  }

  FaultRow begunBy(String how, Function<FaultBench, UUID> otherwise) {
    return new FaultRow(fault, how, otherwise, outcomes, reason, words, spokenWithin, also);
  }

  FaultRow words(Words otherwise) {
    return new FaultRow(fault, injected, begin, outcomes, reason, otherwise, spokenWithin, also);
  }

  FaultRow spokenWithin(int seconds) {
    return new FaultRow(
        fault, injected, begin, outcomes, reason, words, Duration.ofSeconds(seconds), also);
  }

  FaultRow and(Also more) {
    return new FaultRow(fault, injected, begin, outcomes, reason, words, spokenWithin, more);
  }

  Invariants.Expected expected() {
    return new Invariants.Expected(
        Set.copyOf(outcomes.stream().map(Outcome::name).toList()), reason);
  }

  /// As the table has it.
  String expectation() {
    String ending = String.join(" or ", outcomes.stream().map(Outcome::name).sorted().toList());
    String why = reason.pattern().equals(".*") ? "" : " (" + reason.pattern() + ")";
    String said =
        switch (words) {
          case APOLOGY -> ", apology";
          case ONE_MOMENT -> ", one moment";
          case NONE, ANY -> "";
        };
    String bound = spokenWithin == null ? "" : " within " + spokenWithin.toSeconds() + " s";
    return ending + why + said + bound;
  }

  @Override
  public String toString() {
    return fault + ", " + injected;
  }
}
