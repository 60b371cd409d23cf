package dev.callbridge.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

final class SecretTests {

  private static final JsonMapper JSON = new JsonMapper();

  record Vendor(Secret apiKey, List<Secret> tokens, Map<String, Secret> byAgent) {}

  @Test
  void settingsAreBoundToItAndPrintNothing() {
    Vendor vendor =
        new Binder(
                new MapConfigurationPropertySource(
                    Map.of(
                        "vendor.api-key", "canary-1",
                        "vendor.tokens", "canary-2,canary-3",
                        "vendor.by-agent.one", "canary-4")))
            .bind("vendor", Bindable.of(Vendor.class))
            .get();

    assertThat(vendor.apiKey().value()).isEqualTo("canary-1");
    assertThat(vendor.tokens()).extracting(Secret::value).containsExactly("canary-2", "canary-3");
    assertThat(vendor.byAgent().get("one")).isEqualTo(new Secret("canary-4"));
    assertThat(vendor.toString() + String.format("%s", vendor.apiKey())).doesNotContain("canary");
  }

  @Test
  void jsonIsReadIntoItAndMadeOfWhatItPrints() {
    assertThat(JSON.readValue("\"canary\"", Secret.class).value()).isEqualTo("canary");
    assertThat(JSON.writeValueAsString(new Secret("canary"))).doesNotContain("canary");
    assertThatThrownBy(() -> JSON.readValue("1.5e", Secret.class))
        .isInstanceOf(JacksonException.class);
  }
}
