package dev.callbridge.aftercall;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PriceCollectionTests {

  @ParameterizedTest
  @CsvSource({"-0.0140, 0.0140", "-0.03000, 0.03000", "0.01, 0.01", "-1, 1", "0, 0"})
  void whatTwilioTakesIsWrittenAsANegativeNumber(String price, BigDecimal amount) {
    assertThat(PriceCollection.amount(price)).isEqualTo(amount);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "-", "1e9", "NaN", "-0,014", "--1", "9999999999", "1."})
  void whatIsNoPriceIsNone(String price) {
    assertThat(PriceCollection.amount(price)).isNull();
  }

  @Test
  void anUnratedCallHasNone() {
    assertThat(PriceCollection.amount(null)).isNull();
  }
}
