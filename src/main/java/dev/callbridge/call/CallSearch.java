package dev.callbridge.call;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/// Looks for calls, newest first, from one that was seen last on to older ones.
@Component
public class CallSearch {

  private final DatabaseClient database;

  CallSearch(DatabaseClient database) {
    this.database = database;
  }

  /// @param before the last call of the page before; null for the first page
  public Flux<Call> find(CallFilter filter, @Nullable UUID before, int limit) {
    Conditions where = new Conditions();
    where.oneOf("state", names(filter.states()));
    where.oneOf("outcome", names(filter.outcomes()));
    where.oneOf("assistant", List.copyOf(filter.assistants()));
    where.that("direction = :direction", "direction", name(filter.direction()));
    where.that("(from_number = :number OR to_number = :number)", "number", filter.number());
    where.that("created_at >= :from", "from", filter.from());
    where.that("created_at < :until", "until", filter.until());
    where.that("id < :before", "before", before);
    filter.metadata().forEach(where::metadata);
    return where
        .bind(
            database.sql(
                "SELECT * FROM call%s ORDER BY id DESC LIMIT :limit".formatted(where.sql())))
        .bind("limit", limit)
        .map(CallRows::call)
        .all()
        .timeout(CallStore.TIMEOUT);
  }

  private static List<String> names(Set<? extends Enum<?>> values) {
    return values.stream().<String>map(Enum::name).toList();
  }

  private static @Nullable String name(@Nullable Enum<?> value) {
    return value == null ? null : value.name();
  }

  private static final class Conditions {
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    void that(String condition, String name, @Nullable Object value) {
      if (value != null) {
        conditions.add(condition);
        values.put(name, value);
      }
    }

    void oneOf(String column, List<String> allowed) {
      if (!allowed.isEmpty()) {
        that(column + " = ANY(:" + column + ")", column, allowed.toArray(String[]::new));
      }
    }

    /// As text, and as the number or the boolean that it may have been.
    void metadata(String key, String value) {
      String text = "meta" + values.size();
      conditions.add("(metadata @> :%s OR metadata @> :%sBare)".formatted(text, text));
      values.put(text, CallRows.json(Map.of(key, value)));
      values.put(text + "Bare", CallRows.json(Map.of(key, bare(value))));
    }

    private static Object bare(String value) {
      if (value.equals("true") || value.equals("false")) {
        return Boolean.valueOf(value);
      }
      return value.matches("-?[0-9]{1,15}(\\.[0-9]{1,15})?") ? new BigDecimal(value) : value;
    }

    String sql() {
      return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    GenericExecuteSpec bind(GenericExecuteSpec select) {
      GenericExecuteSpec bound = select;
      for (var value : values.entrySet()) {
        bound = bound.bind(value.getKey(), value.getValue());
      }
      return bound;
    }
  }
}
