package dev.callbridge.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WebhookFormTests {

  @Test
  void keepsParametersAsTheyCame() {
    assertThat(WebhookForm.parse("To=%2B1555&b=1&a=x+y&b=2&empty=&bare").parameters())
        .containsExactly(
            Map.entry("To", "+1555"),
            Map.entry("b", "1"),
            Map.entry("a", "x y"),
            Map.entry("b", "2"),
            Map.entry("empty", ""),
            Map.entry("bare", ""));
  }

  @Test
  void neitherTrimsNorChangesAValue() {
    assertThat(WebhookForm.parse("CallerName=%20J%C3%B6rg%20%F0%9F%93%9E%0A%20").get("CallerName"))
        .isEqualTo(" Jörg 📞\n ");
  }

  @Test
  void onlyTheFirstEqualsSignDivides() {
    assertThat(WebhookForm.parse("a=b=c").get("a")).isEqualTo("b=c");
  }

  @Test
  void anEmptyValueIsAsGoodAsNone() {
    WebhookForm form = WebhookForm.parse("a=&b=1");

    assertThat(form.get("a")).isNull();
    assertThat(form.get("c")).isNull();
    assertThat(form.asMap()).containsEntry("a", "");
  }

  @Test
  void noticesNamesThatComeTwice() {
    assertThat(WebhookForm.parse("a=1&b=1").hasRepeatedNames()).isFalse();
    assertThat(WebhookForm.parse("a=1&%61=1").hasRepeatedNames()).isTrue();
    assertThat(WebhookForm.parse("a=1&a=2").asMap()).isEqualTo(Map.of("a", "1"));
  }

  @Test
  void nothingIsAFormWithoutParameters() {
    assertThat(WebhookForm.parse("").parameters()).isEmpty();
    assertThat(WebhookForm.parse(null).parameters()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%", "a=%4", "a=%zz", "%g1=1", "a=%-1"})
  void refusesABrokenEscape(String form) {
    assertThatIllegalArgumentException().isThrownBy(() -> WebhookForm.parse(form));
  }

  @Test
  void refusesMoreParametersThanTwilioEverSends() {
    assertThat(WebhookForm.parse(parameters(WebhookForm.MAX_PARAMETERS)).parameters())
        .hasSize(WebhookForm.MAX_PARAMETERS);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WebhookForm.parse(parameters(WebhookForm.MAX_PARAMETERS + 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> WebhookForm.parse("&".repeat(10_000)));
  }

  private static String parameters(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "p" + i + "=" + i)
        .collect(Collectors.joining("&"));
  }
}
