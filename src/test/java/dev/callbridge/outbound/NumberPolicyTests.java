package dev.callbridge.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NumberPolicyTests {

  private final NumberPolicy policy =
      new NumberPolicy(new OutboundSettings(Set.of("US", "CA", "GB")));

  @ParameterizedTest
  @ValueSource(
      strings = {"+15550002000", "+14155552671", "+14165550123", "+442079460000", "+447400123456"})
  void ordinaryNumbersOfAllowedCountriesMayBeCalled(String number) {
    assertThat(policy.malformed(number)).isEmpty();
    assertThat(policy.forbidden(number, null)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "+",
        "5550002000",
        "15550002000",
        "0015550002000",
        "+05550002000",
        "+1 555 000 2000",
        "+1-555-000-2000",
        "(555) 000-2000",
        "+1555000200O",
        "+15550002000\n",
        "\n+15550002000",
        "+15550002000,,123#",
        "+15550002000;ext=1",
        "tel:+15550002000",
        "sip:john@example.com",
        "client:john",
        "+١٥٥٥٠٠٠٢٠٠٠",
        "+１５５５０００２０００",
        "+1555",
        "+155500020001234567",
        "+999123456789",
        "+15552000",
        "+1911",
        "+44999",
        "+112",
        "anonymous",
        "911"
      })
  void whatIsNotE164IsNotUnderstoodSomeOtherWay(String number) {
    assertThat(policy.malformed(number)).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "+33612345678, FR",
    "+4915112345678, DE",
    "+8613912345678, CN",
    "+5352345678, CU",
    "+18765551234, JM",
    "+18095551234, DO",
    "+881621234567, 001",
    "+8835100012345, 001"
  })
  void numbersOfOtherCountriesMayNotBeCalled(String number, String country) {
    assertThat(policy.forbidden(number, null)).get().asString().contains(country);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+19002345678", "+449098790000", "+448712345678", "+448431234567"})
  void numbersThatCostExtraMayNotBeCalled(String number) {
    assertThat(policy.forbidden(number, null)).get().asString().contains("costs extra");
  }

  @ParameterizedTest
  @CsvSource({
    "+881621234567, no country",
    "+870773111632, no country",
    "+8821612345678, no country",
    "+8835100012345, no country",
    "+80012345678, no country",
    "+979123456789, no country",
    "+16005551234, satellite",
    "+447012345678, costs extra",
    "+15005551234, costs extra"
  })
  void satellitesAndNumbersOfNoPlaceMayNotBeCalled(String number, String why) {
    assertThat(policy.forbidden(number, null)).get().asString().contains(why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+49116117", "+49116116"})
  void shortNumbersAreNotCalledBehindACountryCode(String number) {
    NumberPolicy germany = new NumberPolicy(new OutboundSettings(Set.of("DE")));

    assertThat(germany.forbidden(number, null)).get().asString().contains("short number");
    assertThat(germany.forbidden("+4930123456", null)).isEmpty();
  }

  @Test
  void oneMayHaveFewerCountriesThanAreConfiguredAndNoMore() {
    assertThat(policy.forbidden("+442079460000", Set.of("GB"))).isEmpty();
    assertThat(policy.forbidden("+14155552671", Set.of("GB"))).get().asString().contains("US");
    assertThat(policy.forbidden("+33612345678", Set.of("FR"))).get().asString().contains("FR");
  }
}
