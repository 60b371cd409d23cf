package dev.callbridge.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whatever the arguments are, the request is one that the template has words for.
class TemplateProperties {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final UrlTemplate URL =
      new UrlTemplate("https://shop.example.com/v1/items/{item}/of/{shop}?count={count}&fixed=1");
  private static final BodyTemplate BODY =
      new BodyTemplate(
          "{\"item\":\"{item}\",\"note\":\"for {shop}\",\"deep\":[{\"n\":\"{count}\"}]}");

  @Provide
  Arbitrary<String> argument() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(60),
        Arbitraries.strings().withChars("./\\%@:?#&={}[]\"'\r\n\0 ").ofMaxLength(12),
        Arbitraries.of(
            "..", ".", "%2e%2e", "//evil.example", "{count}", "{/stock}", "\",\"admin\":true"));
  }

  @Property(tries = 5_000)
  void aUrlIsThatOfTheTemplateWithOneSegmentAndOneValueEach(
      @ForAll("argument") String item,
      @ForAll("argument") String shop,
      @ForAll("argument") String count) {
    JsonNode values = JSON.valueToTree(Map.of("item", item, "shop", shop, "count", count));
    String filled;
    try {
      filled = URL.fill(values);
    } catch (ToolException e) {
      assertThat(String.valueOf(e.getMessage()) + e.words()).doesNotContain("evil");
      return;
    }

    assertThat(filled)
        .matches(
            "https://shop\\.example\\.com/v1/items/[A-Za-z0-9_.~%-]+/of/[A-Za-z0-9_.~%-]+"
                + "\\?count=[A-Za-z0-9_.~%-]*&fixed=1");
    URI uri = URI.create(filled);
    assertThat(uri.getRawAuthority()).isEqualTo("shop.example.com");
    assertThat(uri.normalize().getRawPath()).isEqualTo(uri.getRawPath());
  }

  @Property(tries = 5_000)
  void aBodyIsTheTreeOfTheTemplateWithTheValuesAsTexts(
      @ForAll("argument") String item,
      @ForAll("argument") String shop,
      @ForAll("argument") String count) {
    JsonNode values = JSON.valueToTree(Map.of("item", item, "shop", shop, "count", count));

    JsonNode filled = JSON.readTree(BODY.fill(values));

    assertThat(filled.propertyNames()).containsExactlyInAnyOrder("item", "note", "deep");
    assertThat(filled.path("item")).isEqualTo(values.path("item"));
    assertThat(filled.path("note").asString()).isEqualTo("for " + shop);
    assertThat(filled.at("/deep/0/n")).isEqualTo(values.path("count"));
    assertThat(filled.at("/deep/0").size()).isEqualTo(1);
  }
}
