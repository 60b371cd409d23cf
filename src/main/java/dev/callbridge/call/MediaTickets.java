package dev.callbridge.call;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Single-use rights to open a call's media socket. What is stored cannot be used: it is a hash.
@Component
public class MediaTickets {

  /// From the TwiML to the socket; Twilio takes well under a second.
  static final Duration LIFETIME = Duration.ofSeconds(60);

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final int TOKEN_BYTES = 16;

  private final SecureRandom random = new SecureRandom();
  private final DatabaseClient database;

  MediaTickets(DatabaseClient database) {
    this.database = database;
  }

  /// @return the token, fit for a path: 128 random bits in hexadecimal
  public Mono<String> issue(UUID callId) {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    String token = HexFormat.of().formatHex(bytes);
    return database
        .sql(
            """
            INSERT INTO media_ticket (token_hash, call_id, expires_at)
            VALUES (:hash, :call, now() + make_interval(secs => :seconds)) ON CONFLICT DO NOTHING
            """)
        .bind("hash", hash(token))
        .bind("call", callId)
        .bind("seconds", (double) LIFETIME.toSeconds())
        .then()
        .retryWhen(CallStore.BROKEN)
        .thenReturn(token)
        .timeout(CallStore.TIMEOUT);
  }

  /// A call that may open a media socket.
  ///
  /// @param sessions how many it has had
  public record Redeemed(Call call, int sessions) {}

  /// Uses the ticket up.
  ///
  /// @param carrier whose socket it is shown at; a ticket for another one is not used up
  /// @return the call it is for; empty when it is unknown, used or expired, or its call is over
  public Mono<Redeemed> redeem(String token, Carrier carrier) {
    return database
        .sql(
            """
            UPDATE media_ticket t SET used_at = now() FROM call c
            WHERE t.token_hash = :hash AND t.used_at IS NULL AND t.expires_at > now()
              AND c.id = t.call_id AND c.state <> 'ENDED' AND c.carrier = :carrier
            RETURNING c.*, (SELECT count(*) FROM call_event e
                            WHERE e.call_id = c.id AND e.kind = 'MEDIA_CONNECTED') AS sessions
            """)
        .bind("hash", hash(token))
        .bind("carrier", carrier.name())
        .map(row ->
            new Redeemed(CallRows.call(row), CallRows.required(row, "sessions", Integer.class)))
        .one()
        .timeout(TIMEOUT);
  }

  /// Whether any ticket was ever issued for that call.
  public Mono<Boolean> wereIssued(UUID callId) {
    return database
        .sql("SELECT EXISTS (SELECT 1 FROM media_ticket WHERE call_id = :call) AS issued")
        .bind("call", callId)
        .map(row -> CallRows.required(row, "issued", Boolean.class))
        .one()
        .timeout(TIMEOUT);
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is in every Java platform", e);
    }
  }
}
