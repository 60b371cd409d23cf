package dev.callbridge.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Calls as they really go, told in every order, against a model that knows how each went.
class CallTruthProperties {

  @Property(tries = 20_000)
  void anyOrderAnyRepetitionEndsInTheSameRow(
      @ForAll("calls") SimulatedCall call, @ForAll Random random) {
    List<CallEvent> told = mixed(call, random);

    CallTruth row = CallTruth.of(List.of());
    List<CallEvent> known = new ArrayList<>();
    for (CallEvent event : told) {
      CallTruth before = row;
      known.add(event);
      row = before.with(known);
      assertThat(row.state()).isGreaterThanOrEqualTo(before.state());
      if (before.outcome() != null) {
        assertThat(row.outcome()).isEqualTo(before.outcome());
        assertThat(row.endedBy()).isEqualTo(before.endedBy());
        assertThat(row.reason()).isEqualTo(before.reason());
        assertThat(row.timings().ended()).isEqualTo(before.timings().ended());
      }
    }

    assertThat(row).isEqualTo(CallTruth.of(call.events()));
    assertThat(row.outcome()).as("%s", call).isEqualTo(call.outcome());
    if (row.outcome() == Outcome.VOICEMAIL) {
      assertThat(row.reason()).as("%s", call).isEqualTo(call.machineReason());
    }
  }

  /// Whatever is thrown at it, it has an answer, and never a success without its proofs.
  @Property(tries = 10_000)
  void anyEventsAtAllHaveAnAnswer(
      @ForAll("calls") SimulatedCall one,
      @ForAll("calls") SimulatedCall two,
      @ForAll Random random) {
    List<CallEvent> all = new ArrayList<>(one.events());
    all.addAll(two.events());
    Collections.shuffle(all, random);
    List<CallEvent> some = all.subList(0, random.nextInt(all.size() + 1));

    CallTruth truth = CallTruth.of(some);

    assertThat(truth.state() == CallState.ENDED).isEqualTo(truth.outcome() != null);
    assertThat(truth.outcome() == null).isEqualTo(truth.endedBy() == null);
    assertThat(truth.outcome() == null).isEqualTo(truth.reason() == null);
    assertThat(truth.outcome() == null).isEqualTo(truth.timings().ended() == null);
    if (truth.outcome() == Outcome.COMPLETED) {
      assertThat(truth.conversationId()).isNotEmpty();
      assertThat(truth.timings().agentConnected()).isNotNull();
      assertThat(truth.timings().firstAgentAudio()).isNotNull();
    }
  }

  /// What we store before we act comes first, what declares the rest missing comes last; all
  /// between comes in any order, some of it more than once, and again after the end.
  private static List<CallEvent> mixed(SimulatedCall call, Random random) {
    List<CallEvent> middle = new ArrayList<>(call.between());
    int again = middle.isEmpty() ? 0 : random.nextInt(6);
    for (int i = 0; i < again; i++) {
      middle.add(call.between().get(random.nextInt(call.between().size())));
    }
    Collections.shuffle(middle, random);
    List<CallEvent> told = new ArrayList<>(call.first());
    told.addAll(middle);
    told.addAll(call.last());
    for (int i = 0; i < again; i++) {
      told.add(call.between().get(random.nextInt(call.between().size())));
    }
    return told;
  }

  @Provide
  Arbitrary<SimulatedCall> calls() {
    Arbitrary<SimulatedCall.Line> line = Arbitraries.of(SimulatedCall.Line.values());
    Arbitrary<SimulatedCall.Session> session =
        Combinators.combine(
                Arbitraries.of(Ending.values()),
                Arbitraries.of(true, false),
                Arbitraries.of(true, false))
            .as(SimulatedCall.Session::new);
    return Combinators.combine(
            line,
            session,
            session,
            Arbitraries.of(SimulatedCall.After.values()),
            Arbitraries.of(SimulatedCall.Machine.values()),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false))
        .as(SimulatedCall::new);
  }
}
