package dev.callbridge.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CallCsvTests {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=1+1",
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "\ufeff=1",
        "\"=1\"",
        "'=1",
        "＝1",
        "＋1",
        "－1",
        "＠A1",
        "−1",
        "|calc",
        "%0A",
        "\u0000=1",
        "+",
        "+1 555",
        "+15550002000;=1"
      })
  void whatASpreadsheetMightTakeForAFormulaIsText(String text) {
    String field = CallCsv.field(text);

    assertThat(field.startsWith("\"") ? field.substring(1) : field).startsWith("'");
  }

  @Test
  void aTelephoneNumberStaysWhatItIs() {
    assertThat(CallCsv.field("+15550002000")).isEqualTo("+15550002000");
  }

  @Test
  void quotesCommasAndLineBreaksStayWithinTheirField() {
    assertThat(CallCsv.field("a \"b\", c\nd")).isEqualTo("\"a \"\"b\"\", c\nd\"");
    assertThat(CallCsv.field("plain text")).isEqualTo("plain text");
    assertThat(CallCsv.field("")).isEmpty();
  }
}
