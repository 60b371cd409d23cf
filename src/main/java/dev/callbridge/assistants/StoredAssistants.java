package dev.callbridge.assistants;

import io.r2dbc.postgresql.codec.Json;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// The assistants of the database. Every wait is bounded.
@Component
final class StoredAssistants {

  /// All instances hold all of them in memory.
  static final int MOST = 1_000;

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Logger LOG = LoggerFactory.getLogger("callbridge.assistants");

  // Made once, here: a mapper that first meets a type on an event loop locks while it learns it.
  private static final ObjectReader READER = JsonMapper.shared().readerFor(AssistantForm.class);
  private static final ObjectWriter WRITER = JsonMapper.shared().writerFor(AssistantForm.class);

  private static final String SELECT =
      """
      SELECT name, version, definition, coalesce(
        (SELECT array_agg(number ORDER BY number) FROM assistant_number WHERE assistant = name), '{}') AS numbers
      FROM assistant\
      """;

  private final DatabaseClient database;
  private final ModelEndpoints endpoints;

  StoredAssistants(DatabaseClient database, ModelEndpoints endpoints) {
    this.database = database;
    this.endpoints = endpoints;
  }

  /// By name. One that cannot be read, because a later release has stored it or because the
  /// settings do not have its model any more, is left out.
  Mono<List<StoredAssistant>> all() {
    return database
        .sql(SELECT + " ORDER BY name LIMIT " + MOST)
        .map((Readable row) -> read(row))
        .all()
        .flatMap(Mono::justOrEmpty)
        .collectList()
        .timeout(TIMEOUT);
  }

  Mono<StoredAssistant> find(String name) {
    return database
        .sql(SELECT + " WHERE name = :name")
        .bind("name", name)
        .map((Readable row) -> read(row))
        .one()
        .flatMap(Mono::justOrEmpty)
        .timeout(TIMEOUT);
  }

  /// Another one after each change of any of them.
  Mono<String> fingerprint() {
    return database
        .sql("SELECT coalesce(string_agg(version::text, ',' ORDER BY version), '') FROM assistant")
        .map((Readable row) -> required(row, 0, String.class))
        .one()
        .timeout(TIMEOUT);
  }

  /// @return its version; empty when there is one of that name, or as many as there may be. Fails
  ///   with `DuplicateKeyException` when one of its numbers is another's.
  Mono<Long> create(String name, Assistant assistant) {
    return bound(
        """
        WITH made AS (
          INSERT INTO assistant (name, definition)
          SELECT :name, :definition WHERE (SELECT count(*) FROM assistant) < %d
          ON CONFLICT (name) DO NOTHING RETURNING name, version),
        numbered AS (
          INSERT INTO assistant_number (number, assistant) SELECT unnest(:numbers), name FROM made)
        SELECT version FROM made
        """
            .formatted(MOST),
        name,
        assistant,
        null);
  }

  /// @param version the one that is replaced
  /// @return the new one; empty when that is not its version. Fails as [#create] does.
  Mono<Long> replace(String name, long version, Assistant assistant) {
    return bound(
        """
        WITH changed AS (
          UPDATE assistant
          SET definition = :definition, version = nextval('assistant_version'), changed_at = now()
          WHERE name = :name AND version = :version RETURNING name, version),
        taken AS (
          DELETE FROM assistant_number USING changed
          WHERE assistant = changed.name AND number <> ALL (:numbers)),
        given AS (
          INSERT INTO assistant_number (number, assistant)
          SELECT number, changed.name FROM changed, unnest(:numbers) AS number
          WHERE NOT EXISTS (
            SELECT 1 FROM assistant_number it WHERE it.number = number.number AND it.assistant = changed.name))
        SELECT version FROM changed
        """,
        name,
        assistant,
        version);
  }

  private Mono<Long> bound(String sql, String name, Assistant assistant, @Nullable Long version) {
    var statement =
        database
            .sql(sql)
            .bind("name", name)
            .bind("definition", definition(assistant))
            .bind("numbers", assistant.numbers().toArray(String[]::new));
    return (version == null ? statement : statement.bind("version", version))
        .map((Readable row) -> required(row, 0, Long.class))
        .one()
        .timeout(TIMEOUT);
  }

  /// @param version null whatever it is
  /// @return whether there was one
  Mono<Boolean> delete(String name, @Nullable Long version) {
    var statement =
        database
            .sql(
                """
                DELETE FROM assistant
                WHERE name = :name AND (CAST(:version AS bigint) IS NULL OR version = :version)
                """)
            .bind("name", name);
    return (version == null
            ? statement.bindNull("version", Long.class)
            : statement.bind("version", version))
        .fetch()
        .rowsUpdated()
        .map(gone -> gone > 0)
        .timeout(TIMEOUT);
  }

  /// Numbers have a table of their own, in which each is once.
  private static Json definition(Assistant assistant) {
    return Json.of(WRITER.writeValueAsBytes(AssistantForm.stored(assistant)));
  }

  private Optional<StoredAssistant> read(Readable row) {
    String name = required(row, "name", String.class);
    try {
      AssistantForm form = READER.readValue(required(row, "definition", Json.class).asArray());
      List<String> numbers = List.of(required(row, "numbers", String[].class));
      long version = required(row, "version", Long.class);
      return Optional.of(new StoredAssistant(name, version, form.assistant(numbers, endpoints)));
    } catch (JacksonException e) {
      LOG.error("the stored assistant {} cannot be read: {}", name, e.getClass().getSimpleName());
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      LOG.error("the stored assistant {} cannot be read: {}", name, e.getMessage());
      return Optional.empty();
    }
  }

  private static <T> T required(Readable row, String column, Class<T> type) {
    return Objects.requireNonNull(row.get(column, type), () -> "column " + column + " is null");
  }

  private static <T> T required(Readable row, int column, Class<T> type) {
    return Objects.requireNonNull(row.get(column, type), () -> "column " + column + " is null");
  }
}
