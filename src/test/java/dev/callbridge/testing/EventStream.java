package dev.callbridge.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client of server-sent events, as a browser is one: it remembers the last id.
public final class EventStream implements AutoCloseable {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpResponse<InputStream> response;
  private final List<Sent> seen = new CopyOnWriteArrayList<>();
  private final Thread reader;
  private volatile String lastId;
  private volatile int comments;
  private volatile boolean over;

  /// @param id empty where it had none
  /// @param nanos when it came, by this machine's `System.nanoTime`
  public record Sent(String id, String name, JsonNode data, long nanos) {}

  private EventStream(HttpResponse<InputStream> response, String lastId) {
    this.response = response;
    this.lastId = lastId;
    reader = Thread.ofVirtual().unstarted(this::read);
  }

  /// @param lastId empty for a first visit
  public static EventStream open(URI url, String key, String lastId)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url).timeout(SOON).header("X-API-Key", key);
    if (!lastId.isEmpty()) {
      request.header("Last-Event-ID", lastId);
    }
    var stream = new EventStream(HTTP.send(request.build(), BodyHandlers.ofInputStream()), lastId);
    stream.reader.start();
    return stream;
  }

  private void read() {
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String name = "message";
      @Nullable String id = null;
      StringBuilder data = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(":")) {
          comments++;
        } else if (line.startsWith("id:")) {
          id = line.substring(3).strip();
        } else if (line.startsWith("event:")) {
          name = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
          data.append(line.substring(5).strip());
        } else if (line.isEmpty() && !data.isEmpty()) {
          lastId = id == null ? lastId : id;
          long now = System.nanoTime();
          seen.add(new Sent(id == null ? "" : id, name, JSON.readTree(data.toString()), now));
          name = "message";
          id = null;
          data.setLength(0);
        }
      }
    } catch (IOException e) {
      // Closed, by either side: what came before it has been seen.
    } finally {
      over = true;
    }
  }

  public int status() {
    return response.statusCode();
  }

  public String lastId() {
    return lastId;
  }

  public int comments() {
    return comments;
  }

  public boolean isOver() {
    return over;
  }

  public List<Sent> seen() {
    return List.copyOf(seen);
  }

  public List<Sent> seen(String name) {
    return seen.stream().filter(sent -> sent.name().equals(name)).toList();
  }

  public EventStream await(Predicate<Sent> such) {
    Callbridge.eventually(() -> seen.stream().anyMatch(such), "not sent, but " + seen);
    return this;
  }

  /// Until what there is at first has come.
  public EventStream awaitReady() {
    return await(sent -> sent.name().equals("ready"));
  }

  /// Hangs up and waits until nothing more is read: what was seen is what counts from here on.
  @Override
  public void close() {
    try {
      response.body().close();
      reader.join(SOON);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
