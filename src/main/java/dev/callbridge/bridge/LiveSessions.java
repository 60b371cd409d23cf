package dev.callbridge.bridge;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/// The sessions that this instance carries, by call, for those who may do something to one.
@Component
final class LiveSessions {

  private final Map<UUID, CallSession> sessions = new ConcurrentHashMap<>();

  void enter(UUID callId, CallSession session) {
    sessions.put(callId, session);
  }

  /// A session that another has taken the place of is gone already.
  void leave(UUID callId, CallSession session) {
    sessions.remove(callId, session);
  }

  Optional<CallSession> of(UUID callId) {
    return Optional.ofNullable(sessions.get(callId));
  }
}
