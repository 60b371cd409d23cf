package dev.callbridge.sandbox.twilio;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// What the person on the line does, step by step. Immutable: each step returns a longer script.
///
/// A script runs on the line's own clock of 20 ms frames, from the moment the call is answered, so
/// the same sound from the agent always gets the same behaviour. A step that needs a Media Stream
/// waits for one. After the last step the person listens in silence until the call ends.
///
/// @param pickup what becomes of the ringing
/// @param ring how long the telephone rings first
/// @param nature who answers, which is what machine detection reports
public record CallerScript(Pickup pickup, Duration ring, Nature nature, List<Step> steps) {

  /// How long a person waits for the agent to begin before doing the next thing anyway.
  static final Duration PATIENCE = Duration.ofSeconds(20);

  public enum Pickup {
    ANSWERS,
    BUSY,
    NO_ANSWER,
    FAILED
  }

  /// Who answers, to machine detection.
  public enum Nature {
    HUMAN,
    MACHINE,
    /// A machine that is found only when the conversation is well under way.
    MACHINE_FOUND_LATE,
    /// A machine, or a person, of whom machine detection never reports anything.
    UNREPORTED;

    boolean isMachine() {
      return this == MACHINE || this == MACHINE_FOUND_LATE;
    }
  }

  public sealed interface Step {}

  /// Waits until the agent has spoken and then been silent for about 700 ms.
  public record Listen() implements Step {}

  /// Waits until so much of the agent's speech has been heard.
  public record Hear(Duration speech) implements Step {}

  /// Speaks a clip, whether or not the agent is talking.
  public record Speak(String clip) implements Step {}

  public record StaySilent(Duration length) implements Step {}

  public record Press(String digits) implements Step {}

  public record HangUp() implements Step {}

  /// Cuts the stream's TCP connection with neither `stop` nor a close frame; the call goes on.
  public record DropConnection() implements Step {}

  /// Sends no more media for the rest of the call, and leaves the socket open.
  public record StopSending() implements Step {}

  /// Reads nothing more from the stream's socket, and leaves it open.
  public record StopReading() implements Step {}

  public CallerScript {
    steps = List.copyOf(steps);
  }

  public static CallerScript answersAfter(Duration ring) {
    return new CallerScript(Pickup.ANSWERS, ring, Nature.HUMAN, List.of());
  }

  public static CallerScript answers() {
    return answersAfter(Duration.ofSeconds(1));
  }

  public static CallerScript busy() {
    return new CallerScript(Pickup.BUSY, Duration.ofSeconds(1), Nature.HUMAN, List.of());
  }

  public static CallerScript doesNotAnswer() {
    return new CallerScript(Pickup.NO_ANSWER, Duration.ofSeconds(5), Nature.HUMAN, List.of());
  }

  public static CallerScript failed() {
    return new CallerScript(Pickup.FAILED, Duration.ZERO, Nature.HUMAN, List.of());
  }

  /// The script of the person at a number: see [Directory].
  public static CallerScript forNumber(String to) {
    return Directory.find(to).script();
  }

  public CallerScript asMachine() {
    return as(Nature.MACHINE);
  }

  public CallerScript as(Nature who) {
    return new CallerScript(pickup, ring, who, steps);
  }

  public boolean machine() {
    return nature.isMachine();
  }

  public CallerScript listens() {
    return then(new Listen());
  }

  public CallerScript hears(Duration speech) {
    return then(new Hear(speech));
  }

  public CallerScript says(String clip) {
    return then(new Speak(clip));
  }

  /// Speaks over the agent once it has been talking for so long.
  public CallerScript interruptsAfter(Duration speech, String clip) {
    return hears(speech).says(clip);
  }

  public CallerScript staysSilentFor(Duration length) {
    return then(new StaySilent(length));
  }

  public CallerScript presses(String digits) {
    return then(new Press(digits));
  }

  public CallerScript hangsUp() {
    return then(new HangUp());
  }

  public CallerScript dropsConnection() {
    return then(new DropConnection());
  }

  public CallerScript stopsSending() {
    return then(new StopSending());
  }

  public CallerScript stopsReading() {
    return then(new StopReading());
  }

  private CallerScript then(Step step) {
    return new CallerScript(
        pickup, ring, nature, Stream.concat(steps.stream(), Stream.of(step)).toList());
  }
}
