package dev.callbridge.faults;

import static dev.callbridge.call.Outcome.*;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.faults.FaultRow.Words;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// The faults that can be made between sockets, and those that are not made here, with the reason.
final class FaultCatalogue {

  private static final CallerScript ANSWERS = CallerScript.answers();
  private static final CallerScript BOOKS = FaultBench.BOOKS;
  private static final String RESET = "closed_1006|connection_lost";

  /// Says two things, so that two agents in turn owe an answer.
  private static final CallerScript TALKS_ON = BOOKS.listens().says("utterance-1");

  private FaultCatalogue() {}

  /// A few that are quick, of every kind.
  static List<FaultRow> sample() {
    Set<String> quick =
        Set.of(
            "agent `garbage`",
            "agent `broken`",
            "agent `closes-1008`",
            "agent `closes-1000`",
            "number `2013`: the create request is refused",
            "number `2005`: hangs up as the agent is rung");
    return all().stream().filter(row -> quick.contains(row.injected())).toList();
  }

  /// Those first that take longest to be settled.
  static List<FaultRow> all() {
    return Stream.concat(lines(), agents()).toList();
  }

  private static Stream<FaultRow> agents() {
    return Stream.of(
        unreachable("F3", "no-upgrade", "upgrade_timeout"),
        unreachable("F4", "silent", "metadata_timeout"),
        lost("F5", "mute", "no_audio"),
        FaultRow.agent("F5", "goes-quiet", TALKS_ON, AGENT_LOST, "dead_air"),
        FaultRow.agent("F6", "pcm_16000", BOOKS, COMPLETED, "end_call"),
        FaultRow.agent("F6", "pcm_24000", BOOKS, COMPLETED, "end_call"),
        FaultRow.agent("F6", "pcm-in", BOOKS, COMPLETED, "end_call"),
        FaultRow.agent("F6", "pcm-out", BOOKS, COMPLETED, "end_call"),
        unreachable("F7", "refuses", "signed_url_401_invalid_api_key"),
        unreachable("F8", "quota", "signed_url_401_quota_exceeded"),
        unreachable("F9", "busy", "signed_url_429_system_busy"),
        unreachable("F10", "broken", "signed_url_500"),
        FaultRow.agent("F10", "recovers", BOOKS, COMPLETED, "end_call"),
        unreachable("F11", "hangs", "signed_url_timeout"),
        unreachable("F12", "garbage", "signed_url_unreadable"),
        unreachable("F12", "foreign-url", "signed_url_elsewhere"),
        unreachable("F13", "rejects-upgrade", "upgrade_403"),
        unreachable("F13", "redirects", "upgrade_302"),
        unreachable("F13", "override-error", "override_error"),
        unreachable("F13", "missing-variable", "missing_dynamic_variable"),
        FaultRow.agent("F14", "closes-1000", ANSWERS, COMPLETED, "agent_closed"),
        unreachable("F15", "closes-early", "refused_1011"),
        lost("F15", "closes-1002", "llm_timeout").spokenWithin(3),
        lost("F15", "closes-1008", "value_error").spokenWithin(3),
        lost("F15", "closes-1011", "closed_1011").spokenWithin(3),
        lost("F15", "dies", RESET).spokenWithin(3),
        unreachable("F16", "dies-at-once", "circuit_open_quick_failures")
            .begunBy("agent `dies-at-once`, the third call", FaultCatalogue::theThird),
        lost("F17", "stalls", "agent_silent").spokenWithin(18),
        FaultRow.agent("F20, F22", "malformed", BOOKS, COMPLETED, "end_call"),
        FaultRow.agent("F20", "unknown-events", BOOKS, COMPLETED, "end_call"),
        lost("F20", "garbled", "malformed"),
        lost("F21", "oversized", "oversized_message"),
        FaultRow.agent(
            "F23", "flood", ANSWERS.hears(Duration.ofSeconds(1)).hangsUp(), COMPLETED, "stop"),
        FaultRow.agent("F24", "default", CallerScript.forNumber("2006"), COMPLETED, ".*")
            .begunBy(
                "caller interrupts, and the agent goes on sending what was interrupted",
                bench -> bench.callIn(CallerScript.forNumber("2006"), ""))
            .and((bench, call) -> soundWasTakenBack(bench, call)),
        FaultRow.agent("F25", "ping-flood", BOOKS, COMPLETED, "end_call"),
        FaultRow.agent("F26", "slow", BOOKS, COMPLETED, "end_call"),
        FaultRow.agent("F29", "default", BOOKS, COMPLETED, "end_call"),
        reports("reports-twice"),
        reports("reports-early"),
        reports("reports-never"),
        reports("reports-stranger"),
        reports("reports-forged"));
  }

  private static Stream<FaultRow> lines() {
    return Stream.of(
        FaultRow.number("F31", "2010", "the stream's TCP connection drops", COMPLETED, ".*")
            .words(Words.ONE_MOMENT)
            .spokenWithin(3),
        FaultRow.number("F32, F41", "2009", "no more sound, the socket open", COMPLETED, "no_media")
            .words(Words.ANY),
        FaultRow.number("F39", "2016", "presses keys in mid-call", COMPLETED, ".*")
            .and((bench, call) -> keysWereStored(bench, call)),
        FaultRow.number("F43", "2005", "hangs up as the agent is rung", CALLER_ABANDONED, ".*"),
        FaultRow.agent(
            "F43",
            "no-upgrade",
            ANSWERS.staysSilentFor(Duration.ofSeconds(3)).hangsUp(),
            CALLER_ABANDONED,
            ".*"),
        FaultRow.number(
            "F45", "2017", "status callbacks reversed, each three times", COMPLETED, ".*"),
        FaultRow.number("F45", "2019", "busy, and no callback ever", BUSY, "busy"),
        FaultRow.number(
            "F46, F47", "2014", "the create request's answer takes 20 s", COMPLETED, ".*"),
        FaultRow.number("F47", "2011", "placed, and answered 503", COMPLETED, ".*"),
        FaultRow.number(
            "F47", "2020", "placed, answered 503, busy, and no callback ever", BUSY, "busy"),
        FaultRow.number("F49", "2015", "answered 502, not placed", FAILED_DIAL, "never_placed"),
        FaultRow.number("F48", "2012", "429 twice, then placed", COMPLETED, ".*"),
        FaultRow.number(
            "F49", "2013", "the create request is refused", FAILED_DIAL, "twilio_21211"),
        FaultRow.number("F49", "2001", "busy", BUSY, "busy"),
        FaultRow.number("F49", "2002", "nobody answers", NO_ANSWER, "no_answer"),
        FaultRow.number("F49", "2003", "the call fails at the carrier", FAILED_DIAL, ".*"),
        FaultRow.number("F52", "2007", "a machine answers", VOICEMAIL, "machine")
            .begunBy(
                "number `2007`: a machine answers, detection is on",
                bench -> bench.place("{\"to\":\"+15550002007\",\"machineDetection\":true}")));
  }

  private static FaultRow unreachable(String fault, String assistant, String reason) {
    return FaultRow.agent(fault, assistant, ANSWERS, AGENT_UNREACHABLE, reason).spokenWithin(8);
  }

  private static FaultRow lost(String fault, String assistant, String reason) {
    return FaultRow.agent(fault, assistant, ANSWERS, AGENT_LOST, reason);
  }

  private static UUID theThird(FaultBench bench) {
    for (int i = 0; i < 2; i++) {
      bench.await(bench.callIn(ANSWERS, "assistant=dies-at-once"));
    }
    return bench.callIn(ANSWERS, "assistant=dies-at-once");
  }

  /// However its webhook comes or does not come, the conversation's report is there once.
  private static FaultRow reports(String assistant) {
    return FaultRow.agent("F30", assistant, BOOKS, COMPLETED, "end_call")
        .and((bench, call) -> hasItsReport(bench, call));
  }

  private static List<String> hasItsReport(FaultBench bench, Call call) {
    String id = String.valueOf(call.truth().conversationId());
    String sql = "SELECT count(*) FROM conversation_report WHERE conversation_id = '" + id + "'";
    try {
      World.eventually(() -> bench.count(sql) == 1, Duration.ofSeconds(30), "no report");
      return List.of();
    } catch (AssertionError e) {
      return List.of("the conversation's report did not come");
    }
  }

  private static List<String> soundWasTakenBack(FaultBench bench, Call call) {
    SandboxCall line = bench.callbridge().twilio().call("" + call.truth().twilioCallSid());
    return line == null || line.clears().isEmpty()
        ? List.of("the agent was not interrupted")
        : List.of();
  }

  private static List<String> keysWereStored(FaultBench bench, Call call) {
    String keys =
        String.join(
            "",
            bench.callbridge().events(call.id()).stream()
                .filter(event -> event.kind() == Kind.DTMF)
                .map(event -> event.details().getOrDefault("digit", ""))
                .toList());
    return keys.equals("123#") ? List.of() : List.of("the keys were stored as " + keys);
  }
}
