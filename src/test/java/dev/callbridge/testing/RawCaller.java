package dev.callbridge.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.twilio.TwilioSettings;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A Twilio in the hands of a test: one call that asks for its TwiML, follows it, and then sends
/// whatever frames it is told to. Marks come back at once, as though all audio had played.
public final class RawCaller implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Pattern STREAM_URL = Pattern.compile("<Stream[^>]* url=\"([^\"]+)\"");

  private final TwilioSettings settings;
  private final String callSid;
  private final String streamSid = "MZ" + hex();
  private final String from;
  private final List<JsonNode> received = new CopyOnWriteArrayList<>();
  private final List<String> played = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private CompletableFuture<?> sending = CompletableFuture.completedFuture(null);
  private @Nullable WebSocket socket;
  private int sequence;

  private RawCaller(TwilioSettings settings, String callSid, String from) {
    this.settings = settings;
    this.callSid = callSid;
    this.from = from;
  }

  /// Another call of the account; nothing is sent yet.
  public static RawCaller of(TwilioSettings settings, String from) {
    return new RawCaller(settings, "CA" + hex(), from);
  }

  public String callSid() {
    return callSid;
  }

  public String streamSid() {
    return streamSid;
  }

  /// Asks what to do, and finds the media socket's URL in the answer.
  public URI ring(String query) {
    String twiml = post("/twilio/voice" + (query.isEmpty() ? "" : "?" + query), "ringing");
    Matcher url = STREAM_URL.matcher(twiml);
    if (!url.find()) {
      throw new AssertionError("no stream in " + twiml);
    }
    return URI.create(url.group(1));
  }

  /// Tells that the call is over.
  public void complete() {
    post("/twilio/status", "completed");
  }

  private String post(String pathAndQuery, String status) {
    URI url = settings.webhook(pathAndQuery);
    Map<String, String> form = new TreeMap<>();
    form.put("AccountSid", settings.accountSid());
    form.put("CallSid", callSid);
    form.put("CallStatus", status);
    form.put("Direction", "inbound");
    form.put("From", from);
    form.put("To", "+15550001000");
    StringBuilder signed = new StringBuilder(url.toString());
    StringBuilder body = new StringBuilder();
    form.forEach((name, value) -> {
      signed.append(name).append(value);
      body.append(body.isEmpty() ? "" : "&").append(name).append('=');
      body.append(URLEncoder.encode(value, UTF_8));
    });
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(Callbridge.SOON)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("X-Twilio-Signature", sign(signed.toString()))
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    var response = within(HTTP.sendAsync(request, BodyHandlers.ofString(UTF_8)));
    if (response.statusCode() / 100 != 2) {
      throw new AssertionError(pathAndQuery + " was answered with " + response.statusCode());
    }
    return response.body();
  }

  /// Opens the media socket as Twilio does.
  ///
  /// @return the status of the answer, 101 for an open socket
  public int dial(URI url) {
    return within(dialing(url));
  }

  public CompletableFuture<Integer> dialing(URI url) {
    return dialing(url, Map.of("X-Twilio-Signature", sign(url.toString())));
  }

  public CompletableFuture<Integer> dialing(URI url, Map<String, String> headers) {
    WebSocket.Builder builder = HTTP.newWebSocketBuilder().connectTimeout(Callbridge.SOON);
    headers.forEach(builder::header);
    return builder
        .buildAsync(url, new Listener())
        .handle((opened, e) -> {
          Throwable cause = e instanceof CompletionException ? e.getCause() : e;
          if (cause instanceof WebSocketHandshakeException refused) {
            return refused.getResponse().statusCode();
          } else if (cause != null) {
            throw new CompletionException(cause);
          }
          socket = opened;
          return 101;
        });
  }

  /// Rings, dials and starts the stream.
  public RawCaller connect(String query) {
    int status = dial(ring(query));
    if (status != 101) {
      throw new AssertionError("the upgrade was answered with " + status);
    }
    return connected().start();
  }

  public RawCaller connected() {
    return send("{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}");
  }

  public RawCaller start() {
    return start(streamSid, callSid);
  }

  public RawCaller start(String stream, String call) {
    return send(
        """
        {"event":"start","sequenceNumber":"%d","start":{"accountSid":"%s","streamSid":"%s",\
        "callSid":"%s","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw",\
        "sampleRate":8000,"channels":1},"customParameters":{}},"streamSid":"%s"}\
        """
            .formatted(++sequence, settings.accountSid(), stream, call, stream));
  }

  public RawCaller media(byte[] ulaw) {
    return media(streamSid, Base64.getEncoder().encodeToString(ulaw));
  }

  public RawCaller media(String stream, String payload) {
    sequence++;
    return send(
        """
        {"event":"media","sequenceNumber":"%d","streamSid":"%s","media":{"track":"inbound",\
        "chunk":"%d","timestamp":"%d","payload":"%s"}}\
        """
            .formatted(sequence, stream, sequence, sequence * 20, payload));
  }

  public RawCaller stop() {
    return send(
        """
        {"event":"stop","sequenceNumber":"%d","streamSid":"%s","stop":{"accountSid":"%s",\
        "callSid":"%s"}}\
        """
            .formatted(++sequence, streamSid, settings.accountSid(), callSid));
  }

  public RawCaller send(String text) {
    return sending(open -> open.sendText(text, true));
  }

  public RawCaller sendBinary(byte[] bytes) {
    return sending(open -> open.sendBinary(ByteBuffer.wrap(bytes), true));
  }

  private synchronized RawCaller sending(Function<WebSocket, CompletableFuture<WebSocket>> frame) {
    WebSocket open = Objects.requireNonNull(socket, "not dialled");
    // What follows a close is not sent, and is nobody's fault.
    sending = sending.thenCompose(_ -> frame.apply(open)).exceptionally(_ -> open);
    return this;
  }

  /// Every message so far.
  public List<JsonNode> received() {
    return List.copyOf(received);
  }

  /// The payload of every `media` message so far, in base64 as it came.
  public List<String> played() {
    return List.copyOf(played);
  }

  public RawCaller awaitVoice() {
    Callbridge.eventually(() -> !played.isEmpty(), "nothing was played");
    return this;
  }

  public boolean isOpen() {
    return socket != null && !closed.isDone();
  }

  /// The code the bridge closed with, 1006 for a connection that broke.
  public int closeCode() {
    return within(closed);
  }

  /// Cuts the connection where there still is one.
  @Override
  public void close() {
    if (socket != null) {
      socket.abort();
    }
  }

  public String sign(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(
          new SecretKeySpec(settings.authTokens().getFirst().value().getBytes(UTF_8), "HmacSHA1"));
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T within(CompletableFuture<T> answer) {
    return answer.orTimeout(Callbridge.SOON.toSeconds(), TimeUnit.SECONDS).join();
  }

  private static String hex() {
    UUID id = UUID.randomUUID();
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(id.getMostSignificantBits())
        + hex.toHexDigits(id.getLeastSignificantBits());
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletableFuture<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        JsonNode message = JSON.readTree(text.toString());
        text.setLength(0);
        received.add(message);
        switch (message.path("event").asString("")) {
          case "media" -> played.add(message.path("media").path("payload").asString(""));
          case "mark" -> sending(open -> open.sendText(message.toString(), true));
          default -> {}
        }
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletableFuture<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable e) {
      closed.complete(1006);
    }
  }
}
