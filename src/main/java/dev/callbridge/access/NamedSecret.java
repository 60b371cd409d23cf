package dev.callbridge.access;

import dev.callbridge.secrets.Secret;
import java.util.Set;

/// An entry `name:scope:secret` of the settings.
record NamedSecret(String name, Set<Scope> scopes, Secret secret) {

  /// The colon in a scope is neither the first nor the last.
  static NamedSecret parse(Secret text, String otherwise) {
    String entry = text.value().strip();
    int first = entry.indexOf(':');
    int last = entry.lastIndexOf(':');
    if (first <= 0 || last <= first + 1 || last == entry.length() - 1) {
      throw new IllegalArgumentException(otherwise);
    }
    return new NamedSecret(
        entry.substring(0, first),
        Scope.parse(entry.substring(first + 1, last)),
        new Secret(entry.substring(last + 1)));
  }
}
