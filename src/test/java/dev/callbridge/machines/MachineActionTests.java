package dev.callbridge.machines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.assistants.MachinePolicy;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MachineActionTests {

  private static final URI NEXT = URI.create("https://voice.example.com/next");

  @ParameterizedTest
  @CsvSource({
    "human,             '',                CARRY_ON,      ",
    "human,             BEEP,              HANG_UP,       ",
    "human,             BEEP,              LEAVE_MESSAGE, ",
    "machine_start,     '',                CARRY_ON,      ",
    "machine_start,     '',                HANG_UP,       HANG_UP",
    "machine_start,     '',                LEAVE_MESSAGE, ",
    "machine_start,     BEEP,              LEAVE_MESSAGE, LEAVE_MESSAGE",
    "machine_start,     NO_BEEP,           LEAVE_MESSAGE, HANG_UP",
    "machine_end_beep,  '',                LEAVE_MESSAGE, LEAVE_MESSAGE",
    "machine_end_other, NO_BEEP,           LEAVE_MESSAGE, LEAVE_MESSAGE",
    "fax,               BEEP,              LEAVE_MESSAGE, HANG_UP",
    "fax,               '',                CARRY_ON,      ",
    ",                  VOICEMAIL,         LEAVE_MESSAGE, ",
    ",                  VOICEMAIL+BEEP,    LEAVE_MESSAGE, LEAVE_MESSAGE",
    ",                  VOICEMAIL+NO_BEEP, LEAVE_MESSAGE, HANG_UP",
    ",                  BEEP,              LEAVE_MESSAGE, LEAVE_MESSAGE",
    ",                  SILENCE+NO_BEEP,   LEAVE_MESSAGE, ",
    ",                  CALL_SCREENING,    HANG_UP,       "
  })
  void onlyAMachineIsActedOnAndAMessageWaitsForItsGreetingsEnd(
      @Nullable String carrier,
      String heard,
      MachinePolicy policy,
      @Nullable MachineAction expected) {
    List<CallEvent> events = new ArrayList<>();
    if (carrier != null) {
      events.add(event(Kind.MACHINE_DETECTION, "AnsweredBy", carrier));
    }
    for (String what : heard.split("\\+")) {
      events.add(event(Kind.HEARD, "what", what));
    }

    assertThat(MachineAction.of(policy, events).orElse(null)).isEqualTo(expected);
  }

  @Test
  void aMessageIsNoLongerThanTwilioTakes() {
    String document = VoicemailMessage.twiml("&".repeat(5_000), "en-US", NEXT);

    assertThat(document.length()).isBetween(3_900, VoicemailMessage.MAX_TWIML);
    assertThat(document).endsWith("<Redirect method=\"POST\">" + NEXT + "</Redirect></Response>");
  }

  private static CallEvent event(Kind kind, String name, String value) {
    return new CallEvent(
        new UUID(0, 1), kind, Source.RELAY, value, Instant.EPOCH, Map.of(name, value));
  }
}
