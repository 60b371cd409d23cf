package dev.callbridge.access;

import dev.callbridge.requests.InvalidRequestException;
import dev.callbridge.requests.InvalidRequestException.FieldError;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// A key that somebody wants made, as the API takes it. What is left out is as the settings say.
///
/// @param expiresAt RFC 3339; never, when it is left out
record NewApiKey(
    @Nullable String name,
    @Nullable List<@Nullable String> scopes,
    @Nullable List<@Nullable String> countries,
    @Nullable String expiresAt,
    StoredKey.@Nullable Limits limits) {

  static final int MAX_LIMIT = 1_000_000;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  record Checked(
      String name,
      Set<Scope> scopes,
      @Nullable Set<String> countries,
      @Nullable Instant expiresAt,
      StoredKey.Limits limits) {}

  /// @throws InvalidRequestException naming every field that is wrong
  Checked check(Set<String> allCountries, Instant now) {
    List<FieldError> errors = new ArrayList<>();
    if (name == null || !NAME.matcher(name).matches()) {
      errors.add(
          new FieldError("name", "is not 1 to 64 letters, digits, dots, dashes and underscores"));
    }
    Checked checked =
        new Checked(
            name == null ? "" : name,
            scopes(errors),
            countries(allCountries, errors),
            expiry(now, errors),
            limits(errors));
    if (!errors.isEmpty()) {
      throw new InvalidRequestException(HttpStatus.BAD_REQUEST, errors);
    }
    return checked;
  }

  private Set<Scope> scopes(List<FieldError> errors) {
    Set<Scope> known = new LinkedHashSet<>();
    for (@Nullable String text : scopes == null ? List.<@Nullable String>of() : scopes) {
      Scope.of(text == null ? "" : text)
          .ifPresentOrElse(
              known::add,
              () ->
                  errors.add(
                      new FieldError("scopes", "are any of calls:read, calls:write, admin")));
    }
    if (scopes == null || scopes.isEmpty()) {
      errors.add(new FieldError("scopes", "are missing"));
    }
    return known;
  }

  private @Nullable Set<String> countries(Set<String> all, List<FieldError> errors) {
    if (countries == null) {
      return null;
    }
    Set<String> own = new LinkedHashSet<>();
    for (@Nullable String country : countries) {
      if (country != null && all.contains(country)) {
        own.add(country);
      } else {
        errors.add(new FieldError("countries", "are some of those that are configured: " + all));
      }
    }
    if (countries.isEmpty()) {
      errors.add(new FieldError("countries", "are none; leave them out for all"));
    }
    return own;
  }

  private @Nullable Instant expiry(Instant now, List<FieldError> errors) {
    if (expiresAt == null) {
      return null;
    }
    try {
      Instant at = Instant.parse(expiresAt);
      if (at.isAfter(now)) {
        return at;
      }
      errors.add(new FieldError("expiresAt", "is over"));
    } catch (DateTimeParseException e) {
      errors.add(new FieldError("expiresAt", "is not RFC 3339, such as 2030-01-31T00:00:00Z"));
    }
    return null;
  }

  private StoredKey.Limits limits(List<FieldError> errors) {
    if (limits == null) {
      return new StoredKey.Limits(null, null, null, null);
    }
    Map<String, @Nullable Integer> given = new TreeMap<>();
    given.put("requestsPerMinute", limits.requestsPerMinute());
    given.put("concurrentCalls", limits.concurrentCalls());
    given.put("callsPerDay", limits.callsPerDay());
    given.put("callsPerDestinationPerDay", limits.callsPerDestinationPerDay());
    given.forEach((field, limit) -> {
      if (limit != null && (limit < 1 || limit > MAX_LIMIT)) {
        errors.add(new FieldError("limits." + field, "is not from 1 to " + MAX_LIMIT));
      }
    });
    return limits;
  }
}
