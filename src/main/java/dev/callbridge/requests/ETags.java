package dev.callbridge.requests;

import org.springframework.http.HttpHeaders;

/// Versions of what is stored, as HTTP has them.
public final class ETags {

  private ETags() {}

  public static String of(long version) {
    return "\"" + version + "\"";
  }

  /// @param ifMatch a version in quotes
  /// @throws InvalidRequestException when it is not
  public static Long version(String ifMatch) {
    if (!ifMatch.matches("(W/)?\"[0-9]{1,18}\"")) {
      throw InvalidRequestException.badRequest(HttpHeaders.IF_MATCH, "is not a version, in quotes");
    }
    return Long.valueOf(ifMatch.replaceAll("[^0-9]", ""));
  }
}
