package dev.callbridge.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonWriter.Members;
import org.springframework.boot.logging.structured.StructuredLoggingJsonMembersCustomizer;

/// Gives a call's log lines, where they are JSON, the call's id as a field. The lines begin with
/// it.
public final class CallLogFields implements StructuredLoggingJsonMembersCustomizer<ILoggingEvent> {

  private static final String PREFIX = "call ";
  private static final int UUID_LENGTH = 36;

  @Override
  public void customize(Members<ILoggingEvent> members) {
    members.add("callId", CallLogFields::callId).whenNotNull();
  }

  private static @Nullable String callId(ILoggingEvent event) {
    String message = event.getFormattedMessage();
    int end = PREFIX.length() + UUID_LENGTH;
    return message != null
            && message.length() > end
            && message.startsWith(PREFIX)
            && message.charAt(end) == ':'
        ? message.substring(PREFIX.length(), end)
        : null;
  }
}
