package dev.callbridge;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Keys and people: those that can be guessed, mistaken for each other or do nothing. Neither keys
/// nor hashes are printed.
record AccessCheck(Settings settings) {

  private static final String KEYS = "CALLBRIDGE_API_KEYS";
  private static final String USERS = "CALLBRIDGE_USERS";
  private static final Set<String> SCOPES = Set.of("calls:read", "calls:write", "admin");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /// From a strength of 10 on, which is Spring Security's.
  private static final Pattern HASH =
      Pattern.compile(
          "\\{bcrypt}\\$2[aby]\\$(1[0-9]|2[0-9]|3[01])\\$[./A-Za-z0-9]{53}"
              + "|\\{pbkdf2@SpringSecurity_v5_8}[0-9a-f]{64,}");

  /// @param guessable whether others can reach us: a short key is for trying out only
  void check(boolean guessable) {
    Set<String> secrets = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (String entry : settings.values("callbridge.access.api-keys")) {
      if (isWellFormed(KEYS, "key", entry, names)) {
        String key = secret(entry);
        if (guessable && key.length() < SettingsCheck.MIN_KEY_LENGTH) {
          settings.problem(
              KEYS + ":",
              "the key of %s has %d characters, not at least %d"
                  .formatted(name(entry), key.length(), SettingsCheck.MIN_KEY_LENGTH));
        }
        if (!secrets.add(key)) {
          settings.problem(KEYS + ":", "the key of " + name(entry) + " is another's too");
        }
      }
    }
    names.clear();
    for (String entry : settings.values("callbridge.access.users")) {
      if (isWellFormed(USERS, "hash", entry, names) && !HASH.matcher(secret(entry)).matches()) {
        settings.problem(
            USERS + ":",
            "the hash of %s is neither {bcrypt} of strength 10 or more nor {pbkdf2@SpringSecurity_v5_8}"
                .formatted(name(entry)));
      }
    }
  }

  private boolean isWellFormed(String variable, String secret, String entry, Set<String> names) {
    int first = entry.indexOf(':');
    int last = entry.lastIndexOf(':');
    if (first <= 0 || last <= first + 1 || last == entry.length() - 1) {
      settings.problem(
          variable, "has an entry that is not name:scope:" + secret + ": " + name(entry));
      return false;
    }
    String name = name(entry);
    if (!NAME.matcher(name).matches()) {
      settings.problem(
          variable, "has a name other than letters, digits, dots, dashes and underscores: " + name);
    } else if (!names.add(name)) {
      settings.problem(variable, "has the name " + name + " twice");
    }
    List<String> unknown =
        List.of(entry.substring(first + 1, last).split("\\+", -1)).stream()
            .filter(scope -> !SCOPES.contains(scope))
            .toList();
    if (!unknown.isEmpty()) {
      settings.problem(
          variable + ":",
          "%s has a scope that is none of calls:read, calls:write, admin".formatted(name));
    }
    return unknown.isEmpty();
  }

  private static String name(String entry) {
    return entry.split(":", 2)[0].strip();
  }

  private static String secret(String entry) {
    return entry.substring(entry.lastIndexOf(':') + 1).strip();
  }
}
