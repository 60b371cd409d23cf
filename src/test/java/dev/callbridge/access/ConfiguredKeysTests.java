package dev.callbridge.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.callbridge.secrets.Secret;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfiguredKeysTests {

  private static final AccessSettings.Limits LIMITS = new AccessSettings.Limits(1, 2, 3, 4);

  private final ConfiguredKeys keys =
      new ConfiguredKeys(
          List.of(
              new Secret("crm:calls:read+calls:write:secret-1"), new Secret("ops:admin:secret-2")),
          LIMITS);

  @Test
  void findsWhoseKeyItIsAndWhatItMayDo() {
    Grant crm = keys.find("secret-1").orElseThrow();
    assertThat(crm.getName()).isEqualTo("crm");
    assertThat(crm.scopes()).containsOnly(Scope.CALLS_READ, Scope.CALLS_WRITE);
    assertThat(crm.requestsPerMinute()).isEqualTo(1);
    assertThat(crm.getPrincipal().quotas()).isEqualTo(LIMITS.quotas());
    assertThat(crm.getPrincipal().countries()).isNull();
  }

  @Test
  void anAdministratorMayDoEverything() {
    Grant ops = keys.find("secret-2").orElseThrow();
    assertThat(ops.scopes()).containsExactlyInAnyOrderElementsOf(EnumSet.allOf(Scope.class));
    assertThat(ops.getAuthorities())
        .extracting(authority -> String.valueOf(authority.getAuthority()))
        .containsExactlyInAnyOrder("calls:read", "calls:write", "admin");
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
        .isThrownBy(() -> new ConfiguredKeys(List.of(new Secret(entry)), LIMITS))
        .withMessage("an API key is not name:scope:key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"crm:root:key", "crm:calls:read+:key", "crm:ADMIN:key"})
  void refusesAScopeThatThereIsNot(String entry) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ConfiguredKeys(List.of(new Secret(entry)), LIMITS))
        .withMessageStartingWith("there is no scope ");
  }

  @Test
  void withoutKeysNobodyIsLetIn() {
    assertThat(new ConfiguredKeys(List.of(), LIMITS).find("")).isEmpty();
  }
}
