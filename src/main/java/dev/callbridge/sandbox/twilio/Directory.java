package dev.callbridge.sandbox.twilio;

import java.time.Duration;
import java.util.List;

/// The sandbox's telephone book: the last four digits of a dialled number choose what happens.
public final class Directory {

  /// What Twilio itself, rather than the person, does differently for a number.
  enum Quirk {
    NONE,
    ACCEPTED_BUT_503,
    TOO_MANY_REQUESTS_TWICE,
    INVALID_NUMBER,
    COUNTRY_NOT_ENABLED,
    NUMBER_BLOCKED,
    UNAUTHORIZED,
    ACCEPTED_BUT_SLOW,
    BAD_GATEWAY,
    CALLBACKS_REVERSED_AND_TRIPLED,
    NO_CALLBACKS,
    ACCEPTED_BUT_503_NO_CALLBACKS,
    HANG_UP_FAILS_TWICE,
    HANG_UP_HANGS_ONCE,
    HANG_UP_TOO_LATE,
    HANG_UP_OF_NOBODY
  }

  /// A row of the book.
  ///
  /// @param digits the last four digits of the number
  /// @param description what happens, in one line, as the documentation prints it
  public record Entry(String digits, String description, CallerScript script, Quirk quirk) {
    private Entry(String digits, String description, CallerScript script) {
      this(digits, description, script, Quirk.NONE);
    }
  }

  private static final CallerScript ANSWERS = CallerScript.answers();

  /// Two more turns, then leaves the goodbye to the agent and gives up on it after ten seconds.
  private static final CallerScript TALKS =
      ANSWERS
          .listens()
          .says("utterance-1")
          .listens()
          .says("utterance-2")
          .listens()
          .says("utterance-3")
          .listens()
          .staysSilentFor(Duration.ofSeconds(10))
          .hangsUp();

  private static final CallerScript VOICEMAIL =
      ANSWERS
          .asMachine()
          .says("voicemail-greeting")
          .says("beep")
          .staysSilentFor(Duration.ofSeconds(60))
          .hangsUp();

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry(
              "2000",
              "Answers, books a table in one sentence, lets the agent say goodbye",
              ANSWERS
                  .listens()
                  .says("booking")
                  .listens()
                  .staysSilentFor(Duration.ofSeconds(10))
                  .hangsUp()),
          new Entry("2001", "Busy", CallerScript.busy()),
          new Entry("2002", "Rings for five seconds, nobody answers", CallerScript.doesNotAnswer()),
          new Entry("2003", "Cannot be dialled: the call fails", CallerScript.failed()),
          new Entry(
              "2004",
              "Hangs up two seconds into the agent's first words",
              ANSWERS.hears(Duration.ofSeconds(2)).hangsUp()),
          new Entry(
              "2005",
              "Answers and hangs up at once",
              ANSWERS.staysSilentFor(Duration.ofMillis(200)).hangsUp()),
          new Entry(
              "2006",
              "Interrupts the agent in mid-sentence, then converses",
              ANSWERS
                  .interruptsAfter(Duration.ofSeconds(1), "interruption")
                  .listens()
                  .says("utterance-1")
                  .listens()
                  .says("utterance-2")
                  .listens()
                  .staysSilentFor(Duration.ofSeconds(10))
                  .hangsUp()),
          new Entry("2007", "Voicemail: a greeting, a beep, then silence", VOICEMAIL),
          new Entry("2008", "Answers and never speaks: line noise only", ANSWERS),
          new Entry(
              "2009",
              "The line freezes: no more sound, but the socket stays open",
              ANSWERS.listens().says("utterance-1").stopsSending()),
          new Entry(
              "2010",
              "The stream's TCP connection drops without a stop, once",
              ANSWERS
                  .listens()
                  .says("utterance-1")
                  .dropsConnection()
                  .listens()
                  .says("utterance-2")
                  .listens()
                  .staysSilentFor(Duration.ofSeconds(10))
                  .hangsUp()),
          new Entry(
              "2011",
              "The call is placed, but the create request is answered 503",
              TALKS,
              Quirk.ACCEPTED_BUT_503),
          new Entry(
              "2012",
              "The create request is answered 429 (20429) twice, then works",
              TALKS,
              Quirk.TOO_MANY_REQUESTS_TWICE),
          new Entry(
              "2013",
              "The create request is refused: 400 (21211)",
              CallerScript.failed(),
              Quirk.INVALID_NUMBER),
          new Entry(
              "2014",
              "The call is placed, but the create request's answer takes 20 seconds",
              TALKS,
              Quirk.ACCEPTED_BUT_SLOW),
          new Entry(
              "2015",
              "The create request is answered 502 with an HTML page; nothing is placed",
              CallerScript.failed(),
              Quirk.BAD_GATEWAY),
          new Entry(
              "2016",
              "Presses 1 2 3 # in mid-call, then converses",
              ANSWERS
                  .listens()
                  .presses("123#")
                  .listens()
                  .says("utterance-1")
                  .listens()
                  .staysSilentFor(Duration.ofSeconds(10))
                  .hangsUp()),
          new Entry(
              "2017",
              "Status callbacks come in reverse order, each three times",
              TALKS,
              Quirk.CALLBACKS_REVERSED_AND_TRIPLED),
          new Entry(
              "2018", "Answers, converses for three turns, lets the agent say goodbye", TALKS),
          new Entry(
              "2019",
              "Busy, and no status callback ever says so",
              CallerScript.busy(),
              Quirk.NO_CALLBACKS),
          new Entry(
              "2020",
              "Busy, the create request is answered 503, and no status callback ever comes",
              CallerScript.busy(),
              Quirk.ACCEPTED_BUT_503_NO_CALLBACKS),
          new Entry(
              "2021",
              "Voicemail like 2007, of which machine detection never reports anything",
              VOICEMAIL.as(CallerScript.Nature.UNREPORTED)),
          new Entry(
              "2022",
              "Voicemail like 2007, found by machine detection only after half a minute",
              VOICEMAIL.as(CallerScript.Nature.MACHINE_FOUND_LATE)),
          new Entry(
              "2023",
              "A call-screening service, which asks for your name",
              ANSWERS.says("screening").listens().staysSilentFor(Duration.ofSeconds(10)).hangsUp()),
          new Entry(
              "2024",
              "A menu: press one for this, two for that",
              ANSWERS.says("menu").listens().staysSilentFor(Duration.ofSeconds(10)).hangsUp()),
          new Entry(
              "2025",
              "The create request is refused: 400 (21215), the country is not enabled",
              CallerScript.failed(),
              Quirk.COUNTRY_NOT_ENABLED),
          new Entry(
              "2026",
              "The create request is refused: 400 (21216), the number is blocked",
              CallerScript.failed(),
              Quirk.NUMBER_BLOCKED),
          new Entry(
              "2027",
              "The create request is refused: 401 (20003)",
              CallerScript.failed(),
              Quirk.UNAUTHORIZED),
          new Entry(
              "2028",
              "Never speaks, and a hang-up through REST is answered 500 twice, then works",
              ANSWERS,
              Quirk.HANG_UP_FAILS_TWICE),
          new Entry(
              "2029",
              "Never speaks, and a hang-up through REST gets no answer once, then works",
              ANSWERS,
              Quirk.HANG_UP_HANGS_ONCE),
          new Entry(
              "2030",
              "Never speaks, and a hang-up through REST comes too late: 400 (21220)",
              ANSWERS,
              Quirk.HANG_UP_TOO_LATE),
          new Entry(
              "2031",
              "Never speaks, and a hang-up through REST is of nobody's call: 404 (20404)",
              ANSWERS,
              Quirk.HANG_UP_OF_NOBODY));

  private Directory() {}

  /// Every row, in the order of its digits. The first is what happens at any other number.
  public static List<Entry> entries() {
    return ENTRIES;
  }

  public static Entry find(String to) {
    return ENTRIES.stream()
        .filter(entry -> to.endsWith(entry.digits()))
        .findFirst()
        .orElse(ENTRIES.getFirst());
  }
}
