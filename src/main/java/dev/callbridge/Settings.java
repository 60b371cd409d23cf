package dev.callbridge;

import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/// The settings as they were given, and what is found to be wrong with them. Properties are named
/// to people by the environment variables that usually set them.
final class Settings {

  private final Environment environment;
  private final List<String> problems = new ArrayList<>();

  Settings(Environment environment) {
    this.environment = environment;
  }

  List<String> problems() {
    return problems;
  }

  void problem(String variable, String what) {
    problems.add(variable + " " + what);
  }

  String value(String property) {
    return environment.getProperty(property, "").strip();
  }

  /// Of a comma-separated value or of a list.
  List<String> values(String property) {
    try {
      return Binder.get(environment)
          .bind(property, Bindable.listOf(String.class))
          .orElse(List.of())
          .stream()
          .map(String::strip)
          .filter(value -> !value.isEmpty())
          .toList();
    } catch (BindException e) {
      problem(property, "is not a list");
      return List.of();
    }
  }

  void require(String property, String variable) {
    if (value(property).isEmpty()) {
      problem(variable, "is not set (" + property + ")");
    }
  }

  /// Says nothing of one that is not set, and prints none: what is in the wrong place may be a
  /// secret.
  void match(String property, String variable, String pattern, String expected) {
    String value = value(property);
    if (!value.isEmpty() && !value.matches(pattern)) {
      problem(variable, "is not " + expected);
    }
  }

  /// Whether what goes to that origin stays on this machine, out of everybody else's reach.
  static boolean isThisMachine(URI origin) {
    String host = origin.getHost();
    return "http".equals(origin.getScheme())
        && host != null
        && (host.equals("localhost")
            || (host.matches("[0-9.]+|\\[.*]") && InetAddress.ofLiteral(host).isLoopbackAddress()));
  }

  static @Nullable URI url(String value) {
    try {
      return URI.create(value);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
