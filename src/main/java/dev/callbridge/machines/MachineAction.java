package dev.callbridge.machines;

import dev.callbridge.assistants.MachinePolicy;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallTruth;
import dev.callbridge.call.Heard;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// What is to be done about whoever answered.
enum MachineAction {
  HANG_UP,
  LEAVE_MESSAGE;

  /// Empty for a person, for a machine that may be talked to, and for one that is not done
  /// greeting.
  static Optional<MachineAction> of(MachinePolicy policy, List<CallEvent> events) {
    if (!CallTruth.isMachine(events)) {
      return Optional.empty();
    }
    return switch (policy) {
      case CARRY_ON -> Optional.empty();
      case HANG_UP -> Optional.of(HANG_UP);
      case LEAVE_MESSAGE -> leaveMessage(events);
    };
  }

  private static Optional<MachineAction> leaveMessage(List<CallEvent> events) {
    if (carrierSays(events, "fax"::equals)) {
      return Optional.of(HANG_UP);
    } else if (carrierSays(events, by -> by.startsWith("machine_end"))
        || heard(events, Heard.BEEP)) {
      return Optional.of(LEAVE_MESSAGE);
    }
    return heard(events, Heard.NO_BEEP) ? Optional.of(HANG_UP) : Optional.empty();
  }

  private static boolean carrierSays(List<CallEvent> events, Predicate<String> by) {
    return events.stream()
        .anyMatch(e ->
            e.kind() == Kind.MACHINE_DETECTION
                && by.test(e.details().getOrDefault("AnsweredBy", "")));
  }

  private static boolean heard(List<CallEvent> events, Heard what) {
    return events.stream()
        .anyMatch(e -> e.kind() == Kind.HEARD && what.name().equals(e.details().get("what")));
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
