package dev.callbridge.access;

import dev.callbridge.call.CallRights;
import dev.callbridge.secrets.Secret;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/// The keys of the settings, which need no database. Only their hashes are kept.
@Component
final class ConfiguredKeys {

  private final List<Entry> entries;

  @Autowired
  ConfiguredKeys(AccessSettings settings) {
    this(settings.apiKeys(), settings.limits());
  }

  /// @param keys each `name:scope:key`, several scopes joined by `+`; a scope may have a colon in
  ///   it
  ConfiguredKeys(List<Secret> keys, AccessSettings.Limits limits) {
    List<Entry> read = new ArrayList<>();
    for (Secret text : keys) {
      NamedSecret key = NamedSecret.parse(text, "an API key is not name:scope:key");
      CallRights rights = new CallRights(key.name(), null, limits.quotas());
      read.add(
          new Entry(
              Grant.ofKey(key.scopes(), rights, limits.requestsPerMinute()),
              Keys.hash(key.secret().value())));
    }
    entries = List.copyOf(read);
  }

  private record Entry(Grant grant, byte[] hash) {}

  /// Takes as long for a wrong key as for a right one.
  Optional<Grant> find(String key) {
    byte[] hash = Keys.hash(key);
    Optional<Grant> found = Optional.empty();
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(entry.hash(), hash)) {
        found = Optional.of(entry.grant());
      }
    }
    return found;
  }

  boolean hasName(String name) {
    return entries.stream().anyMatch(entry -> entry.grant().getName().equals(name));
  }
}
