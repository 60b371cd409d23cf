package dev.callbridge.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ApiKeysTests {

  private final ApiKeys keys =
      ApiKeys.parse(List.of("crm:calls:read+calls:write:secret-1", "ops:admin:secret-2"));

  @Test
  void findsWhoseKeyItIsAndWhatItMayDo() {
    assertThat(keys.find("secret-1"))
        .contains(new ApiKeys.Holder("crm", Set.of("calls:read", "calls:write")));
    assertThat(keys.find("secret-2")).contains(new ApiKeys.Holder("ops", Set.of("admin")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "secret", "secret-1 ", "SECRET-1", "secret-11", "crm", "null"})
  void knowsNoOtherKey(String key) {
    assertThat(keys.find(key)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "name", "name:key", ":admin:key", "name:admin:", "name::key"})
  void refusesAnEntryThatIsNotNameScopeAndKey(String entry) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ApiKeys.parse(List.of(entry)))
        .withMessage("an API key is not name:scope:key");
  }

  @Test
  void withoutKeysNobodyIsLetIn() {
    assertThat(ApiKeys.parse(List.of()).find("")).isEmpty();
  }
}
