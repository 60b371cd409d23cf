package dev.callbridge.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The configured keys. Only their hashes are kept.
final class ApiKeys {

  private final List<Entry> entries;

  private ApiKeys(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  private record Entry(Holder holder, byte[] hash) {}

  /// @param scopes such as `calls:write`; `admin` includes all others
  record Holder(String name, Set<String> scopes) {}

  /// @param keys each `name:scope:key`, several scopes joined by `+`; a scope may have a colon in
  ///   it
  static ApiKeys parse(List<String> keys) {
    List<Entry> entries = new ArrayList<>();
    for (String text : keys) {
      int first = text.indexOf(':');
      int last = text.lastIndexOf(':');
      if (first <= 0 || last <= first + 1 || last == text.length() - 1) {
        throw new IllegalArgumentException("an API key is not name:scope:key");
      }
      Set<String> scopes = Set.copyOf(Arrays.asList(text.substring(first + 1, last).split("\\+")));
      entries.add(
          new Entry(new Holder(text.substring(0, first), scopes), hash(text.substring(last + 1))));
    }
    return new ApiKeys(entries);
  }

  /// Takes as long for a wrong key as for a right one.
  Optional<Holder> find(String key) {
    byte[] hash = hash(key);
    Optional<Holder> found = Optional.empty();
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(entry.hash(), hash)) {
        found = Optional.of(entry.holder());
      }
    }
    return found;
  }

  private static byte[] hash(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is in every Java platform", e);
    }
  }
}
