package dev.callbridge.reservations;

import dev.callbridge.requests.RequestCheck;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// What the fields of a reservation can have wrong with them. What is given for a wrong value is
/// never used: [#orThrow()] comes before.
final class FieldCheck extends RequestCheck {

  private static final Instant FAR = Instant.parse("2100-01-01T00:00:00Z");

  void orThrow() {
    orThrow(HttpStatus.BAD_REQUEST);
  }

  String text(String field, @Nullable String value, int longest) {
    String text = optional(field, value, longest);
    if (text == null) {
      add(field, "is missing");
    }
    return text == null ? "" : text;
  }

  @Nullable String optional(String field, @Nullable String value, int longest) {
    if (value == null || value.isBlank()) {
      return null;
    }
    String text = value.strip();
    if (text.length() > longest) {
      add(field, "is longer than " + longest + " characters");
    } else if (!Plain.isPlain(text)) {
      add(field, "has characters in it that are not plain text");
    }
    return text;
  }

  /// With its country code.
  String e164(String field, @Nullable String value) {
    if (value == null || !value.matches("\\+[1-9][0-9]{6,14}")) {
      add(field, "is not E.164, such as +15550002000");
    }
    return value == null ? "" : value;
  }

  /// As people have it.
  @Nullable String number(String field, @Nullable String value) {
    if (value == null) {
      return null;
    }
    String number = Plain.number(value);
    if (!number.matches("\\+?[0-9]{5,15}")) {
      add(field, "is not a telephone number");
    }
    return number;
  }

  int from(String field, @Nullable Integer value, int min, int max, @Nullable Integer otherwise) {
    if (value == null && otherwise != null) {
      return otherwise;
    } else if (value == null) {
      add(field, "is missing");
    } else if (value < min || value > max) {
      add(field, "is " + value + ", not from " + min + " to " + max);
    }
    return value == null ? min : value;
  }

  ZoneId zone(String field, @Nullable String value) {
    // Offsets are zones too, but know nothing of when the clocks change.
    if (value != null && ZoneId.getAvailableZoneIds().contains(value)) {
      return ZoneId.of(value);
    }
    add(field, "is not a time zone such as Europe/Berlin");
    return ZoneOffset.UTC;
  }

  /// With an offset, or by the clock of that zone.
  Instant instant(String field, @Nullable String value, ZoneId zone) {
    if (value == null) {
      add(field, "is missing");
      return Instant.EPOCH;
    }
    try {
      Instant at =
          value.matches(".*(Z|[+-][0-9]{2}:[0-9]{2})")
              ? OffsetDateTime.parse(value).toInstant()
              : Times.at(LocalDateTime.parse(value), zone);
      if (at.isBefore(Instant.EPOCH) || at.isAfter(FAR)) {
        add(field, "is not of this century");
        return Instant.EPOCH;
      }
      return at;
    } catch (DateTimeException e) {
      add(field, "is not a time such as 2027-01-31T19:30, or 2027-01-31T19:30:00+01:00");
    } catch (Refusal e) {
      add(field, e.words());
    }
    return Instant.EPOCH;
  }
}
