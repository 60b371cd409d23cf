package dev.callbridge.speech;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/// Hearing a voice before a caller does.
@CallbridgeTest
final class TestSynthesisTests {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final byte[] GO_AHEAD = SpeechClips.load().clip("go-ahead").ulaw();
  private static final int HEADER = 58;

  @Autowired private Callbridge callbridge;

  @Test
  void aTextIsSpokenAsWav() throws Exception {
    HttpResponse<byte[]> answer =
        post("{'text':'Of course, go ahead.','settings':{'stability':0.3}}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("audio/wav");
    assertThat(new String(answer.body(), 0, 4, US_ASCII)).isEqualTo("RIFF");
    assertThat(Arrays.copyOfRange(answer.body(), HEADER, answer.body().length)).isEqualTo(GO_AHEAD);
  }

  @Test
  void aTextIsSpokenAsMuLaw() throws Exception {
    assertThat(post("{'text':'Of course, go ahead.','format':'ulaw'}").body()).isEqualTo(GO_AHEAD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | text",
        "{'text':'x','voice_id':'../x'} | voice_id",
        "{'text':'x','voice_id':'unknown'} | voice_id",
        "{'text':'x','settings':{'speed':3}} | settings.speed",
        "{'text':'x','settings':{'stability':'high'}} | settings.stability",
        "{'text':'x','voice':'y'} | voice",
        "[1 | body",
      })
  void aRefusalNamesTheField(String body, String field) throws Exception {
    HttpResponse<byte[]> answer = post(body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(new String(answer.body(), US_ASCII)).contains("\"field\":\"" + field + "\"");
  }

  private HttpResponse<byte[]> post(String body) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(
                callbridge.settings().publicUrl("/api/v1/elevenlabs-twilio/test-synthesis"))
            .timeout(Callbridge.SOON)
            .header("X-API-Key", "sandbox")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.replace('\'', '"')))
            .build(),
        BodyHandlers.ofByteArray());
  }
}
