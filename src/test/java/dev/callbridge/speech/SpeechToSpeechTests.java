package dev.callbridge.speech;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.speech.Clip;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/// What one voice says, said by another.
@CallbridgeTest
final class SpeechToSpeechTests {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final SpeechClips CLIPS = SpeechClips.load();
  private static final Clip SAID = CLIPS.clip("go-ahead");
  private static final int HEADER = 58;

  @Autowired private Callbridge callbridge;

  @AfterEach
  void nothingWasAskedWrongly() {
    assertThat(callbridge.elevenlabs().stages().protocolErrors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/stream"})
  void aTelephonesSpeechIsSaidByAnotherVoice(String way) throws Exception {
    HttpResponse<byte[]> answer =
        post(
            "sandbox" + way + "?format=ulaw&stability=0.3&use_speaker_boost=false",
            "audio/basic",
            SAID.ulaw());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("audio/basic");
    assertThat(answer.body().length).isBetween(SAID.ulaw().length - 400, SAID.ulaw().length);
    assertThat(CLIPS.recognise(answer.body()).map(Clip::name)).contains(SAID.name());
  }

  @Test
  void aWholeFileSaysHowLongItIs() throws Exception {
    byte[] file = post("sandbox", "audio/wav", SAID.ulaw()).body();

    ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(new String(file, 0, 4, UTF_8)).isEqualTo("RIFF");
    assertThat(header.getInt(4)).isEqualTo(file.length - 8);
    assertThat(header.getInt(HEADER - 4)).isEqualTo(file.length - HEADER);
  }

  @Test
  void aStreamedFileHasNoLength() throws Exception {
    byte[] file = post("sandbox/stream", "audio/wav", SAID.ulaw()).body();

    assertThat(Arrays.copyOfRange(file, 4, 8)).containsOnly(-1);
    assertThat(file).hasSize(HEADER + SAID.ulaw().length / 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unknown|audio/basic|400|voiceId",
        "a..b|audio/basic|400|voiceId",
        "sandbox|text/plain|415|Content-Type",
        "sandbox||415|Content-Type",
        "sandbox?stability=2|audio/basic|400|stability",
        "sandbox?style=NaN|audio/basic|400|style",
        "sandbox?format=mp3|audio/basic|400|format",
        "sandbox?format=wav&format=ulaw|audio/basic|400|format",
        "sandbox?voice=x|audio/basic|400|query",
        "sandbox/stream?model_id=../x|audio/basic|400|model_id"
      })
  void aRefusalNamesTheField(String path, String type, int status, String field) throws Exception {
    assertRefused(post(path, type, SAID.ulaw()), status, field);
  }

  @Test
  void whatIsMissingOrTooLongIsRefused() throws Exception {
    assertRefused(post("sandbox", "audio/basic", new byte[0]), 400, "body");
    assertRefused(post("sandbox", "audio/wav", new byte[5 * 1024 * 1024 + 1]), 413, "body");
  }

  @Test
  void aVendorThatRefusesIsNamed() throws Exception {
    HttpResponse<byte[]> answer = post("busy", "audio/basic", SAID.ulaw());

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(new String(answer.body(), UTF_8)).contains("ElevenLabs answered with 429");
  }

  private static void assertRefused(HttpResponse<byte[]> answer, int status, String field) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(new String(answer.body(), UTF_8)).contains("\"field\":\"" + field + "\"");
  }

  private HttpResponse<byte[]> post(String path, String type, byte[] body) throws Exception {
    URI uri = callbridge.settings().publicUrl("/api/v1/speech-to-speech/" + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(Callbridge.SOON)
            .header("X-API-Key", "sandbox")
            .POST(BodyPublishers.ofByteArray(body));
    if (type != null) {
      request.header("Content-Type", type);
    }
    return HTTP.send(request.build(), BodyHandlers.ofByteArray());
  }
}
