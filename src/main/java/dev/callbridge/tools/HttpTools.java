package dev.callbridge.tools;

import dev.callbridge.call.CallStore;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tools that are configured and not programmed. What could go wrong with their templates goes
/// wrong at the start.
@Component
final class HttpTools {

  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

  /// They belong to the connection, or to this tool's own templates.
  private static final Set<String> NOT_TO_SET =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "upgrade",
          "te",
          "trailer",
          "expect",
          "accept-encoding",
          "idempotency-key");

  private static final Set<String> SCALARS = Set.of("string", "integer", "number", "boolean");

  private final ToolSettings settings;
  private final List<Tool> tools = new ArrayList<>();

  /// @throws IllegalStateException when one cannot be, with all that is wrong
  HttpTools(ToolSettings settings, Egress egress, CallStore calls) {
    this.settings = settings;
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, HttpToolSettings> each : new TreeMap<>(settings.http()).entrySet()) {
      try {
        HttpTool tool =
            new HttpTool(each.getKey().replace('-', '_'), each.getValue(), egress, calls);
        check(tool, each.getValue());
        tools.add(tool);
      } catch (IllegalArgumentException e) {
        problems.add("callbridge.tools.http.%s: %s".formatted(each.getKey(), e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalStateException(String.join("; ", problems));
    }
  }

  List<Tool> all() {
    return List.copyOf(tools);
  }

  private void check(HttpTool tool, HttpToolSettings its) {
    require(METHODS.contains(its.method()), "its method is not one of " + METHODS);
    require(its.body() == null || !its.method().equals("GET"), "it is a GET, which has no body");
    require(
        its.deadline().toMillis() >= 100 && its.deadline().toSeconds() <= 30,
        "its deadline is not between 100ms and 30s");
    checkHost(tool.url());
    its.headers().forEach(HttpTools::checkHeader);
    new ArgumentCheck(its.parameters());
    JsonNode schema = JsonMapper.shared().readTree(its.parameters());
    tool.names()
        .forEach(name ->
            require(
                Placeholders.isKnown(name, schema),
                "{%s} is none of its parameters".formatted(name)));
    tool.url().names().stream()
        .filter(name -> !Placeholders.isOfTheCall(name))
        .forEach(name ->
            require(
                SCALARS.contains(schema.at("/properties/" + name + "/type").asString("")),
                "{%s} is in its url and not of type string, integer, number or boolean"
                    .formatted(name)));
    tool.url().inPath().stream()
        .filter(name -> !Placeholders.isOfTheCall(name))
        .forEach(name ->
            require(
                schema.path("required").valueStream().anyMatch(it -> name.equals(it.asString(""))),
                "{%s} is in its path and not required".formatted(name)));
  }

  private void checkHost(UrlTemplate url) {
    require(
        settings.hosts().contains(url.host()), url.host() + " is not in callbridge.tools.hosts");
    require(settings.privateAddresses() || url.isSecure(), "its url is not https");
    InetAddress address = url.address();
    require(
        settings.privateAddresses()
            || (address == null ? !url.isAddress() : PublicAddress.is(address)),
        url.host() + " is not a public host");
  }

  /// Says nothing of the value: it may be a credential.
  private static void checkHeader(String name, String value) {
    require(
        name.matches("[A-Za-z0-9-]{1,64}")
            && !NOT_TO_SET.contains(name.toLowerCase(java.util.Locale.ROOT)),
        "the header " + name.replaceAll("[^A-Za-z0-9-]", "?") + " cannot be set");
    require(
        value.chars().allMatch(c -> c >= ' ' && c <= '~'),
        "the value of the header " + name + " has characters that a header cannot have");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
