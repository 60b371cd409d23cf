package dev.callbridge.apidocs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// What is said of each operation, from `openapi/operations.yml`.
final class OperationNotes {

  private static final String FILE = "/openapi/operations.yml";

  private final Map<String, Map<String, Object>> notes;

  private OperationNotes(Map<String, Map<String, Object>> notes) {
    this.notes = notes;
  }

  /// @param query parameters, where the code takes them as they come, and what each is
  /// @param status of the answer that `response` is an example of
  record Note(
      String tag,
      String summary,
      @Nullable String description,
      String status,
      Map<String, String> query,
      @Nullable Object request,
      @Nullable Object response) {}

  static OperationNotes read() {
    try (InputStream file =
        Objects.requireNonNull(OperationNotes.class.getResourceAsStream(FILE), FILE)) {
      return new OperationNotes(new Yaml(new SafeConstructor(new LoaderOptions())).load(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> query(@Nullable Object parameters) {
    Map<String, String> query = new LinkedHashMap<>();
    if (parameters instanceof Map<?, ?> all) {
      all.forEach((name, what) -> query.put(String.valueOf(name), String.valueOf(what)));
    }
    return query;
  }

  Optional<Note> of(String method, String path) {
    return Optional.ofNullable(notes.get(method + " " + path))
        .map(note ->
            new Note(
                String.valueOf(note.get("tag")),
                String.valueOf(note.get("summary")),
                (String) note.get("description"),
                String.valueOf(note.getOrDefault("status", "200")),
                query(note.get("query")),
                note.get("request"),
                note.get("response")));
  }
}
