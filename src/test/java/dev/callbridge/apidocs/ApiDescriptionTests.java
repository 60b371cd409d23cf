package dev.callbridge.apidocs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@CallbridgeTest
final class ApiDescriptionTests {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @Autowired private Callbridge callbridge;

  private record Described(String method, String path, JsonNode operation) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  @Test
  void everyOperationSaysWhatItIsForAndHowItRefuses() throws Exception {
    List<Described> operations = operations();

    assertThat(operations).hasSizeGreaterThan(12);
    assertThat(operations)
        .allSatisfy(it -> {
          assertThat(OperationNotes.read().of(it.method(), it.path()))
              .as("%s %s in operations.yml", it.method(), it.path())
              .isPresent();
          assertThat(it.operation().path("summary").asString("")).isNotEmpty();
          assertThat(
                  it.operation().at("/responses/default/content").has("application/problem+json"))
              .isTrue();
        });
  }

  @Test
  void nothingOfTheVendorsRoutesIsAmongThem() throws Exception {
    assertThat(operations())
        .extracting(Described::path)
        .allMatch(path -> path.startsWith("/api/v1/") && !path.contains("/call/"));
  }

  /// An example that is refused would be the first thing that somebody tries.
  @Test
  void theExamplesOfRequestsAreTaken() throws Exception {
    for (Described it : operations()) {
      JsonNode example = it.operation().at("/requestBody/content/application~1json/example");
      if (example.isObject()) {
        HttpResponse<String> answer =
            HTTP.send(
                request(it.path())
                    .header("Idempotency-Key", UUID.randomUUID().toString())
                    .header("Content-Type", "application/json")
                    .method(
                        it.method(),
                        HttpRequest.BodyPublishers.ofString(
                            example
                                .toString()
                                .replace("\"crm\"", "\"crm-" + UUID.randomUUID() + "\"")))
                    .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as("%s: %s", it, answer.body()).isBetween(200, 299);
      }
    }
  }

  private List<Described> operations() throws Exception {
    HttpResponse<String> answer =
        HTTP.send(request("/v3/api-docs").build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return JSON.readTree(answer.body())
        .path("paths")
        .propertyStream()
        .flatMap(path ->
            path.getValue()
                .propertyStream()
                .filter(operation -> METHODS.contains(operation.getKey()))
                .map(operation ->
                    new Described(
                        operation.getKey().toUpperCase(Locale.ROOT),
                        path.getKey(),
                        operation.getValue())))
        .toList();
  }

  private HttpRequest.Builder request(String path) {
    URI url = callbridge.settings().publicUrl(path);
    return HttpRequest.newBuilder(url).timeout(SOON).header("X-API-Key", "sandbox");
  }
}
