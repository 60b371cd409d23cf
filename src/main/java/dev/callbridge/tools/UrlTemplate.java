package dev.callbridge.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A URL whose scheme, host and port are fixed. Arguments fill segments of the path and values of
/// the query, each encoded for its place, so that none can be more than the value it is.
final class UrlTemplate {

  private static final Pattern URL =
      Pattern.compile(
          "(?<origin>(?<scheme>https?)://(?<host>[A-Za-z0-9.-]+|\\[[0-9a-fA-F:.]+])(:[0-9]{1,5})?)"
              + "(?<path>/[^?#\\s\\\\]*)?(\\?(?<query>[^#\\s\\\\]*))?");

  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

  private static final int MAX_LENGTH = 4_096;

  private final String origin;
  private final String scheme;
  private final String host;
  private final String path;
  private final @Nullable String query;

  /// @throws IllegalArgumentException when it is not such a URL
  UrlTemplate(String template) {
    Matcher url = URL.matcher(template);
    if (!url.matches()) {
      throw new IllegalArgumentException(
          "its url is not https://host/path, with arguments in path and query only");
    }
    origin = url.group("origin");
    scheme = url.group("scheme");
    host = url.group("host").toLowerCase(Locale.ROOT);
    path = url.group("path") == null ? "/" : url.group("path");
    query = url.group("query");
    // What is left without the placeholders has to be a URL already.
    URI.create(origin + Placeholders.fill(path, _ -> "x") + (query == null ? "" : "?q"));
    if (query != null) {
      URI.create("http://x/?" + Placeholders.fill(query, _ -> "x"));
    }
  }

  boolean isSecure() {
    return scheme.equals("https");
  }

  String host() {
    return host;
  }

  /// Names of hosts end in letters. Anything else is some way to write an address.
  boolean isAddress() {
    return host.startsWith("[") || !host.matches("(.*\\.)?[a-z]([a-z0-9-]*[a-z0-9])?");
  }

  /// The address it is, where it is written as one.
  @Nullable InetAddress address() {
    return host.matches("\\[.*]|[0-9]+(\\.[0-9]+){3}") ? InetAddress.ofLiteral(host) : null;
  }

  Set<String> inPath() {
    return Placeholders.in(path);
  }

  Set<String> names() {
    Set<String> names = new LinkedHashSet<>(inPath());
    if (query != null) {
      names.addAll(Placeholders.in(query));
    }
    return names;
  }

  /// A value of the query that is not given leaves its pair out.
  ///
  /// @param values what each name stands for, missing where it is not given
  /// @throws ToolException when a value cannot be where it is to be
  String fill(JsonNode values) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      String filled = Placeholders.fill(segment, name -> encoded(name, values.path(name)));
      boolean moves = filled.isEmpty() || filled.equals(".") || filled.equals("..");
      if (moves && !segment.equals(filled)) {
        throw new ToolException("One of the values cannot be used here.");
      }
      segments.add(filled);
    }
    String url = origin + String.join("/", segments);
    if (query != null) {
      List<String> pairs =
          Arrays.stream(query.split("&", -1))
              .filter(pair -> Placeholders.in(pair).stream().allMatch(values::hasNonNull))
              .map(pair -> Placeholders.fill(pair, name -> encoded(name, values.path(name))))
              .toList();
      url += pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
    }
    if (url.length() > MAX_LENGTH) {
      throw new ToolException("The values are too long.");
    }
    return url;
  }

  private static String encoded(String name, JsonNode value) {
    if (!value.isValueNode() || value.isNull()) {
      throw new ToolException("The value of " + name + " is missing.");
    }
    StringBuilder encoded = new StringBuilder();
    for (byte b : value.asString().getBytes(UTF_8)) {
      if (UNRESERVED.indexOf(b) >= 0) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(String.format(Locale.ROOT, "%02X", b));
      }
    }
    return encoded.toString();
  }
}
