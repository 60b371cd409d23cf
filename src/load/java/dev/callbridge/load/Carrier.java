package dev.callbridge.load;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// Rings the relay: asks for TwiML with a signed webhook, and opens the media stream it names.
final class Carrier implements AutoCloseable {

  /// Twilio gives up on a voice webhook after this long.
  private static final Duration WEBHOOK_TIMEOUT = Duration.ofSeconds(15);

  private final Switchboard calls;
  private final URI relay;
  private final String query;
  private final Account account;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .executor(Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory()))
          .build();
  private int rung;

  Carrier(Switchboard calls, URI relay, Account account) {
    this(calls, relay, account, "");
  }

  /// @param query of the webhook's URL, with its question mark
  Carrier(Switchboard calls, URI relay, Account account, String query) {
    this.calls = calls;
    this.query = query;
    this.relay = relay;
    this.account = account;
  }

  /// Calls that have been rung so far.
  int rung() {
    return rung;
  }

  /// Rings until there are this many calls, so many a second.
  void ringUntil(int total, int perSecond) throws InterruptedException {
    long start = System.nanoTime();
    for (int i = 0; rung < total; i++) {
      long due = start + i * (1_000_000_000L / perSecond);
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      ring(rung++);
    }
  }

  private void ring(int number) {
    String callSid = "CA%032x".formatted(0x10ad0000L + number);
    SortedMap<String, String> form = form(callSid, number);
    String url = relay + "/twilio/voice" + query;
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(WEBHOOK_TIMEOUT)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("X-Twilio-Signature", account.sign(url, form))
            .POST(BodyPublishers.ofString(encoded(form)))
            .build();
    long asked = System.nanoTime();
    http.sendAsync(request, BodyHandlers.ofString())
        .thenAccept(answer -> onTwiml(number, callSid, answer, System.nanoTime() - asked))
        .whenComplete((_, failure) -> {
          if (failure != null) {
            calls.fail("webhook: " + failure.getMessage());
          }
        });
  }

  private void onTwiml(int number, String callSid, HttpResponse<String> answer, long nanos) {
    calls.webhookTook(nanos);
    if (answer.statusCode() != 200) {
      calls.fail("webhook answered " + answer.statusCode());
      return;
    }
    NodeList streams = parse(answer.body()).getElementsByTagName("Stream");
    if (streams.getLength() != 1) {
      calls.fail("TwiML has %d <Stream>".formatted(streams.getLength()));
      return;
    }
    Element stream = (Element) streams.item(0);
    URI url = URI.create(stream.getAttribute("url"));
    if (!Options.isLoopback(url) || url.getRawQuery() != null || url.getRawPath().isEmpty()) {
      calls.fail("<Stream url> is not a path on this machine: " + url.getHost());
      return;
    }
    String signature = account.sign(url.toString(), new TreeMap<>());
    calls.connect(number, callSid, url, signature, parameters(stream));
  }

  private static Map<String, String> parameters(Element stream) {
    var parameters = new LinkedHashMap<String, String>();
    NodeList elements = stream.getElementsByTagName("Parameter");
    for (int i = 0; i < elements.getLength(); i++) {
      Element parameter = (Element) elements.item(i);
      parameters.put(parameter.getAttribute("name"), parameter.getAttribute("value"));
    }
    return parameters;
  }

  private static Element parse(String twiml) {
    try {
      var factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      byte[] bytes = twiml.getBytes(StandardCharsets.UTF_8);
      return factory
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(bytes))
          .getDocumentElement();
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new IllegalArgumentException("12100: TwiML cannot be parsed", e);
    }
  }

  private static SortedMap<String, String> form(String callSid, int number) {
    String from = "+1555%07d".formatted(2_000_000 + number);
    var form = new TreeMap<String, String>();
    form.put("AccountSid", Account.SID);
    form.put("ApiVersion", "2010-04-01");
    form.put("CallSid", callSid);
    form.put("CallStatus", "ringing");
    form.put("Direction", "inbound");
    form.put("From", from);
    form.put("Caller", from);
    form.put("FromCity", "");
    form.put("FromCountry", "US");
    form.put("To", Account.NUMBER);
    form.put("Called", Account.NUMBER);
    form.put("ToCountry", "US");
    return form;
  }

  private static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field ->
            field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
