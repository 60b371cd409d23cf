package dev.callbridge.twilio;

import com.twilio.http.Request;
import com.twilio.http.Response;
import dev.callbridge.twilio.TwilioRestException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Sends each of the SDK's requests once, to the configured host.
///
/// The SDK's own client sends a POST again after any 5xx and after 429 and 503 once more below
/// that: up to six calls for one request. Here a failure is told apart and left to the caller.
final class SingleShotHttpClient extends com.twilio.http.HttpClient {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient http;
  private final URI base;
  private final Duration timeout;

  SingleShotHttpClient(URI base, Duration connectTimeout, Duration timeout) {
    this.base = base;
    this.timeout = timeout;
    // HTTP/1.1: an upgrade to HTTP/2 may be answered by re-sending what was refused.
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(connectTimeout)
            .build();
  }

  @Override
  public Response reliableRequest(Request request) {
    return makeRequest(request);
  }

  @Override
  public Response makeRequest(Request request) {
    HttpResponse<String> response = send(prepare(request));
    if (response.statusCode() >= 400) {
      throw failure(response);
    }
    Header[] none = {new BasicHeader("Content-Type", "application/json")};
    return new Response(response.body(), response.statusCode(), none);
  }

  private HttpRequest prepare(Request request) {
    String path = request.constructURL().getFile();
    String body = request.encodeFormBody();
    HttpRequest.Builder http =
        HttpRequest.newBuilder(URI.create(base.toString().replaceAll("/$", "") + path))
            .timeout(timeout)
            .header("Accept", "application/json")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .method(
                request.getMethod().toString(),
                body == null || body.isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(body));
    if (request.requiresAuthentication()) {
      http.header("Authorization", request.getAuthString());
    }
    for (var header : request.getHeaderParams().entrySet()) {
      for (String value : (List<String>) header.getValue()) {
        http.header(header.getKey(), value);
      }
    }
    return http.build();
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new TwilioRestException(Kind.UNREACHABLE, 0, null, "Twilio REST: no connection");
    } catch (IOException e) {
      throw new TwilioRestException(
          Kind.AMBIGUOUS, 0, null, "Twilio REST: no answer (" + e.getClass().getSimpleName() + ")");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TwilioRestException(Kind.AMBIGUOUS, 0, null, "Twilio REST: interrupted");
    }
  }

  private static TwilioRestException failure(HttpResponse<String> response) {
    int status = response.statusCode();
    JsonNode body = error(response.body());
    Integer code = body != null && body.path("code").isInt() ? body.path("code").intValue() : null;
    String message = "Twilio REST: " + status + (code == null ? "" : ", error " + code);
    if (status == 429 || (code != null && code == 20429)) {
      return new TwilioRestException(Kind.RATE_LIMITED, status, code, message);
    }
    return new TwilioRestException(
        status >= 500 || code == null && status != 401 && status != 403 && status != 404
            ? Kind.AMBIGUOUS
            : Kind.REFUSED,
        status,
        code,
        message);
  }

  private static @Nullable JsonNode error(String body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      // A gateway's HTML page: the status is all there is to know.
      return null;
    }
  }
}
