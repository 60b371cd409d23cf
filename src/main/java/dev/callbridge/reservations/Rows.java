package dev.callbridge.reservations;

import io.r2dbc.postgresql.codec.Json;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// Rows to records and back.
final class Rows {

  /// Longer, and the database counts as away.
  static final Duration TIMEOUT = Duration.ofSeconds(4);

  private static final JsonMapper JSON = JsonMapper.shared();

  // Made once, here: a mapper that first meets a type on an event loop locks while it learns it.
  private static final ObjectReader HOURS = JSON.readerFor(OpeningHours.class);
  private static final ObjectReader TABLES =
      JSON.readerFor(new TypeReference<List<Restaurant.Table>>() {});

  private Rows() {}

  static Restaurant restaurant(Readable row) {
    return new Restaurant(
        required(row, "id", UUID.class),
        required(row, "name", String.class),
        required(row, "phone", String.class),
        ZoneId.of(required(row, "time_zone", String.class)),
        HOURS.readValue(required(row, "hours", Json.class).asArray()),
        minutes(row, "slot_minutes"),
        minutes(row, "stay_minutes"),
        minutes(row, "lead_minutes"),
        required(row, "days_ahead", Integer.class),
        required(row, "min_party", Integer.class),
        required(row, "max_party", Integer.class),
        TABLES.readValue(required(row, "tables", Json.class).asArray()),
        required(row, "version", Long.class),
        row.get("closed_at", Instant.class));
  }

  private static Duration minutes(Readable row, String column) {
    return Duration.ofMinutes(required(row, column, Integer.class));
  }

  static Reservation reservation(Readable row) {
    return new Reservation(
        required(row, "id", UUID.class),
        required(row, "code", String.class),
        required(row, "restaurant_id", UUID.class),
        required(row, "table_name", String.class),
        required(row, "guest_name", String.class),
        required(row, "guest_phone", String.class),
        required(row, "party_size", Integer.class),
        required(row, "starts", Instant.class),
        required(row, "ends", Instant.class),
        row.get("note", String.class),
        Reservation.Status.valueOf(required(row, "status", String.class)),
        Reservation.MadeBy.valueOf(required(row, "made_by", String.class)),
        row.get("call_id", UUID.class),
        required(row, "created_at", Instant.class),
        required(row, "updated_at", Instant.class));
  }

  static ReservationRequest request(Readable row) {
    String by = row.get("decided_by", String.class);
    return new ReservationRequest(
        required(row, "id", UUID.class),
        required(row, "restaurant_name", String.class),
        required(row, "restaurant_phone", String.class),
        ZoneId.of(required(row, "time_zone", String.class)),
        required(row, "guest_name", String.class),
        row.get("guest_phone", String.class),
        required(row, "party_size", Integer.class),
        required(row, "wanted_at", Instant.class),
        required(row, "earliest", Instant.class),
        required(row, "latest", Instant.class),
        row.get("note", String.class),
        required(row, "assistant", String.class),
        ReservationRequest.Status.valueOf(required(row, "status", String.class)),
        row.get("reason", String.class),
        by == null ? null : ReservationRequest.DecidedBy.valueOf(by),
        row.get("call_id", UUID.class),
        row.get("agreed_at", Instant.class),
        row.get("reference", String.class),
        row.get("offered_at", Instant.class),
        required(row, "created_at", Instant.class),
        required(row, "updated_at", Instant.class));
  }

  static Json json(Object value) {
    return Json.of(JSON.writeValueAsBytes(value));
  }

  static GenericExecuteSpec bind(
      GenericExecuteSpec statement, String name, @Nullable Object value, Class<?> type) {
    return value == null ? statement.bindNull(name, type) : statement.bind(name, value);
  }

  static <T> T required(Readable row, String column, Class<T> type) {
    return Objects.requireNonNull(row.get(column, type), () -> "column " + column + " is null");
  }
}
