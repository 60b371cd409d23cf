package dev.callbridge.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Values stay values, whatever a caller talks an agent into.
final class TemplateTests {

  private static final UrlTemplate URL =
      new UrlTemplate("https://shop.example.com/v1/items/{item}?count={count}&fixed=a%20b");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../admin",
        "a/b",
        "a%2Fb",
        "..%2f..",
        "\\..\\x",
        "?x=1",
        "#x",
        "a?b#c&d=e",
        "@evil.com",
        "//evil.com",
        "http://169.254.169.254/latest",
        "; rm -rf /",
        "' OR 1=1 --",
        "{count}",
        "$(id)",
        "\r\nHost: evil.com",
        "\u0000",
        "a b",
        "ü€😀",
        "\ud800",
        "%",
        "%00",
        "+",
        "&count=9",
        "=",
        "<script>",
        "\"",
        "...",
        ".hidden",
        "~",
        "\u2028",
        "\u202e",
        "．．",
        "item:80",
        "[::1]"
      })
  void anArgumentIsOneSegmentOfThePathAndOneValueOfTheQuery(String hostile) {
    String filled = URL.fill(values(Map.of("item", hostile, "count", hostile)));

    URI uri = URI.create(filled);
    assertThat(uri.getScheme()).isEqualTo("https");
    assertThat(uri.getRawAuthority()).isEqualTo("shop.example.com");
    assertThat(uri.getRawFragment()).isNull();
    assertThat(uri.getRawPath()).matches("/v1/items/[A-Za-z0-9_.~%-]+");
    assertThat(uri.getRawQuery()).matches("count=[A-Za-z0-9_.~%-]+&fixed=a%20b");
    assertThat(uri.normalize().getRawPath()).isEqualTo(uri.getRawPath());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", ".."})
  void anArgumentThatWouldMoveThePathIsRefused(String value) {
    assertThatThrownBy(() -> URL.fill(values(Map.of("item", value, "count", 1))))
        .isInstanceOf(ToolException.class);
  }

  @Test
  void whatIsNotGivenIsLeftOutOfTheQueryAndMissedInThePath() {
    assertThat(URL.fill(values(Map.of("item", 7))))
        .isEqualTo("https://shop.example.com/v1/items/7?fixed=a%20b");
    assertThatThrownBy(() -> URL.fill(values(Map.of("count", 7))))
        .isInstanceOf(ToolException.class);
    assertThatThrownBy(() -> URL.fill(values(Map.of("item", Map.of("a", 1)))))
        .isInstanceOf(ToolException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://{host}/x",
        "https://shop.{domain}/x",
        "{url}",
        "https://user@shop.example.com/",
        "https://user:pw@shop.example.com/",
        "ftp://shop.example.com/",
        "file:///etc/passwd",
        "//shop.example.com/",
        "https://shop.example.com:{port}/",
        "https:///x",
        "https://shop.example.com/#{x}",
        "https://shop.example.com/a b",
        "gopher://x/",
        "https://shop.example.com\\@evil.com/",
        "https://shop.example.com/{"
      })
  void noPlaceholderChoosesWhereARequestGoes(String template) {
    assertThatThrownBy(() -> new UrlTemplate(template))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "1.1.1.1",
        "[::1]",
        "[::ffff:127.0.0.1]"
      })
  void anAddressIsNotAName(String host) {
    assertThat(new UrlTemplate("https://" + host + "/").isAddress()).isTrue();
  }

  @Test
  void aBodyIsFilledAsATree() {
    BodyTemplate body =
        new BodyTemplate(
            """
            {"item":"{item}","count":"{count}","note":"for {item}","tags":["{item}",1],
             "none":"{none}","from":"{call.from}"}
            """);
    String hostile = "\",\"admin\":true,\"x\":\"{count}";

    JsonNode filled =
        values(body.fill(values(Map.of("item", hostile, "count", 2, "call.from", "+15550009999"))));

    assertThat(filled.propertyNames())
        .containsExactlyInAnyOrder("item", "count", "note", "tags", "from");
    assertThat(filled.path("item").asString()).isEqualTo(hostile);
    assertThat(filled.path("count").isInt()).isTrue();
    assertThat(filled.path("note").asString()).isEqualTo("for " + hostile);
    assertThat(filled.path("from").asString()).isEqualTo("+15550009999");
  }

  @Test
  void aResultIsToldAsDataAndNoLongerThanFits() {
    String answer = "{\"stock\":3,\"place\":{\"name\":\"Main St\"},\"long\":\"%s\"}";
    String full = answer.formatted("x".repeat(5_000));

    assertThat(new ResultMapping("/place").map(full, true))
        .isEqualTo("{\"data\":{\"name\":\"Main St\"}}");
    assertThat(new ResultMapping("{/stock} left at {/place/name}{/no}").map(full, true))
        .isEqualTo("{\"data\":\"3 left at Main St\"}");
    assertThat(new ResultMapping(null).map("plain words", false))
        .isEqualTo("{\"data\":\"plain words\"}");
    assertThat(values(new ResultMapping(null).map(full, true)).path("truncated").asBoolean())
        .isTrue();
    assertThatThrownBy(() -> new ResultMapping(null).map("{\"stock\":", true))
        .isInstanceOf(ToolException.class);
    assertThatThrownBy(() -> new ResultMapping("/nothing").map(full, true))
        .isInstanceOf(ToolException.class);
    assertThatThrownBy(() -> new ResultMapping("/stock").map("<html>", true))
        .isInstanceOf(ToolException.class);
  }

  private static JsonNode values(Map<String, Object> values) {
    return JsonMapper.shared().valueToTree(values);
  }

  private static JsonNode values(String json) {
    return JsonMapper.shared().readTree(json);
  }
}
