package dev.callbridge.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EvidenceJournalTests {

  private static final int ALL = 1 << 20;
  private static final UUID CALL = new UUID(0, 9);

  @TempDir private Path folder;

  @Test
  void whatIsWrittenIsReadBackInOrder() throws IOException {
    List<EvidenceEntry> entries = List.of(event("1"), turn("Hello\n\"you\""), event("2"));
    try (EvidenceJournal journal = EvidenceJournal.open(folder)) {
      assertThat(journal.isEmpty()).isTrue();
      journal.append(entries.subList(0, 2));
      journal.append(entries.subList(2, 3));

      EvidenceJournal.Batch batch = journal.next(ALL);
      assertThat(batch.entries()).isEqualTo(entries);
      assertThat(journal.isEmpty()).as("not before it is said to be stored").isFalse();
      journal.replayed(batch);

      assertThat(journal.isEmpty()).isTrue();
      assertThat(Files.size(file())).isZero();
    }
  }

  @Test
  void aCallThatCouldNotBeStoredIsReadBackWhole() throws IOException {
    CallPlan plan =
        new CallPlan(
            Direction.INBOUND,
            "default",
            "+15550009999",
            "+15550001000",
            Map.of("name", "John", "visits", 3),
            null,
            "en",
            null,
            false,
            Duration.ofSeconds(60),
            Duration.ofMinutes(30),
            Map.of());
    CallEvent webhook = ((EvidenceEntry.Happened) event("1")).event();
    CallEvent refused = ((EvidenceEntry.Happened) event("2")).event();
    EvidenceEntry call = new EvidenceEntry.TurnedAway(plan, webhook, refused);
    try (EvidenceJournal journal = EvidenceJournal.open(folder)) {
      EvidenceEntry status = new EvidenceEntry.HappenedToSid(webhook);
      journal.append(List.of(call, status));

      assertThat(journal.next(ALL).entries()).containsExactly(call, status);
    }
  }

  @Test
  void whatAnEarlierProcessLeftIsStillThere() throws IOException {
    try (EvidenceJournal journal = EvidenceJournal.open(folder)) {
      journal.append(List.of(event("1")));
    }
    try (EvidenceJournal journal = EvidenceJournal.open(folder)) {
      assertThat(journal.next(ALL).entries()).containsExactly(event("1"));
    }
  }

  @Test
  void aWriteThatACrashCutShortIsLeftOut() throws IOException {
    try (EvidenceJournal journal = EvidenceJournal.open(folder)) {
      journal.append(List.of(event("1"), event("2")));
    }
    byte[] whole = Files.readAllBytes(file());
    for (int cut = 2; cut < whole.length; cut += 7) {
      Files.write(file(), Arrays.copyOf(whole, whole.length - cut));
      try (EvidenceJournal journal = EvidenceJournal.open(folder)) {
        int known = 0;
        while (!journal.isEmpty()) {
          EvidenceJournal.Batch batch = journal.next(ALL);
          known += batch.entries().size();
          journal.replayed(batch);
        }
        assertThat(known).as("cut by %d", cut).isLessThan(2);
      }
    }
  }

  @Test
  void whatIsWrittenAfterACrashIsNotPartOfWhatItCutShort() throws IOException {
    try (EvidenceJournal journal = EvidenceJournal.open(folder)) {
      journal.append(List.of(event("1"), event("2")));
    }
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(whole, whole.length - 5));
    try (EvidenceJournal journal = EvidenceJournal.open(folder)) {
      journal.append(List.of(event("3")));

      assertThat(journal.next(ALL).entries()).containsExactly(event("1"), event("3"));
    }
  }

  @Test
  void anEntryLongerThanOneReadIsReadWhole() throws IOException {
    EvidenceEntry lengthy = turn("x".repeat(10_000));
    try (EvidenceJournal journal = EvidenceJournal.open(folder)) {
      journal.append(List.of(lengthy, event("1")));

      EvidenceJournal.Batch batch = journal.next(1_000);
      assertThat(batch.entries().getFirst()).isEqualTo(lengthy);
      journal.replayed(batch);
      while (!journal.isEmpty()) {
        batch = journal.next(1_000);
        journal.replayed(batch);
      }
      assertThat(batch.entries().getLast()).isEqualTo(event("1"));
    }
  }

  @Test
  void aDamagedEntryDoesNotHoldUpTheOthers() throws IOException {
    try (EvidenceJournal journal = EvidenceJournal.open(folder)) {
      journal.append(List.of(event("1")));
      Files.writeString(file(), "0badc0de{\"call\":1}\n\n", StandardOpenOption.APPEND);
      journal.append(List.of(event("2")));

      assertThat(journal.next(ALL).entries()).containsExactly(event("1"), event("2"));
    }
  }

  @Test
  void moreThanFitsInOneReadComesInParts() throws IOException {
    try (EvidenceJournal journal = EvidenceJournal.open(folder)) {
      for (int i = 0; i < 50; i++) {
        journal.append(List.of(event("" + i)));
      }
      int known = 0;
      while (!journal.isEmpty()) {
        EvidenceJournal.Batch batch = journal.next(1_000);
        assertThat(batch.entries()).isNotEmpty();
        assertThat(batch.entries().getFirst()).isEqualTo(event("" + known));
        known += batch.entries().size();
        journal.replayed(batch);
      }
      assertThat(known).isEqualTo(50);
    }
  }

  @Test
  void twoInOneFolderHaveAFileEach() throws IOException {
    try (EvidenceJournal one = EvidenceJournal.open(folder);
        EvidenceJournal two = EvidenceJournal.open(folder)) {
      one.append(List.of(event("1")));

      assertThat(two.isEmpty()).isTrue();
      two.append(List.of(event("2")));
      assertThat(one.next(ALL).entries()).containsExactly(event("1"));
    }
  }

  @Test
  void whatPostgresqlCannotStoreIsMadeStorable() {
    assertThat(CallRows.storable("a\0b\uD800c\uD83D\uDE00")).isEqualTo("a\uFFFDb?c\uD83D\uDE00");
    assertThat(CallRows.storable("plain")).isSameAs("plain");
  }

  private Path file() {
    return folder.resolve("evidence-0.journal");
  }

  private static EvidenceEntry event(String key) {
    return new EvidenceEntry.Happened(
        new CallEvent(
            CALL,
            CallEvent.Kind.DTMF,
            CallEvent.Source.RELAY,
            key,
            Instant.parse("2026-01-01T00:00:00.123456Z"),
            Map.of("digit", "5", "session", "1")));
  }

  private static EvidenceEntry turn(String text) {
    return new EvidenceEntry.Spoken(
        CALL,
        new Turn(
            3, Turn.Role.AGENT, text, "Hel", null, true, Instant.parse("2026-01-01T00:00:01Z")));
  }
}
