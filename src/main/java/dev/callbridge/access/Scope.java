package dev.callbridge.access;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a key or a person may do. `admin` includes all others.
enum Scope {
  CALLS_READ("calls:read"),
  CALLS_WRITE("calls:write"),
  ADMIN("admin");

  private final String text;

  Scope(String text) {
    this.text = text;
  }

  /// As it is written in settings and in the API.
  String text() {
    return text;
  }

  static Optional<Scope> of(String text) {
    return Arrays.stream(values()).filter(scope -> scope.text.equals(text)).findFirst();
  }

  /// Several are joined by `+`.
  static Set<Scope> parse(String texts) {
    return Arrays.stream(texts.split("\\+", -1))
        .map(text ->
            of(text).orElseThrow(() -> new IllegalArgumentException("there is no scope " + text)))
        .collect(Collectors.toUnmodifiableSet());
  }

  static Set<Scope> withIncluded(Set<Scope> scopes) {
    return scopes.contains(ADMIN) ? EnumSet.allOf(Scope.class) : scopes;
  }
}
