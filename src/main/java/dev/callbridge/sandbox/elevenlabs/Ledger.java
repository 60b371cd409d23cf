package dev.callbridge.sandbox.elevenlabs;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/// Sessions and requests, newest last, as many as are worth keeping.
final class Ledger {

  static final int MAX_SESSIONS = 1_024;

  /// Ended sessions that keep their recordings.
  static final int MAX_RECORDINGS = 64;

  private static final int MAX_REQUESTS = 4_096;

  private final ArrayDeque<AgentSession> sessions = new ArrayDeque<>();
  private final ArrayDeque<AgentSession> recordings = new ArrayDeque<>();
  private final ArrayDeque<SignedUrlRequest> requests = new ArrayDeque<>();

  synchronized void add(AgentSession session) {
    sessions.addLast(session);
    if (sessions.size() > MAX_SESSIONS) {
      sessions.removeFirst();
    }
  }

  synchronized void ended(AgentSession session) {
    recordings.addLast(session);
    if (recordings.size() > MAX_RECORDINGS) {
      recordings.removeFirst().forgetAudio();
    }
  }

  synchronized void add(String agentId, int status) {
    requests.addLast(new SignedUrlRequest(agentId, Instant.now(), status));
    if (requests.size() > MAX_REQUESTS) {
      requests.removeFirst();
    }
  }

  synchronized List<AgentSession> sessions() {
    return List.copyOf(sessions);
  }

  synchronized Optional<AgentSession> session(String conversationId) {
    return sessions.stream().filter(s -> s.conversationId().equals(conversationId)).findFirst();
  }

  synchronized List<SignedUrlRequest> requests() {
    return List.copyOf(requests);
  }
}
