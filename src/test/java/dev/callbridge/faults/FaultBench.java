package dev.callbridge.faults;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Outcome;
import dev.callbridge.faults.Invariants.Expected;
import dev.callbridge.faults.Ledgers.Conversation;
import dev.callbridge.faults.Ledgers.Line;
import dev.callbridge.faults.Ledgers.Said;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/// Runs faults, some at a time, each beside a call that has nothing wrong with it and must not
/// notice.
final class FaultBench {

  /// A call that nobody tells the end of is asked after a minute later.
  private static final Duration OVER = Duration.ofSeconds(150);

  private static final Duration SOON = Duration.ofSeconds(20);

  /// Who talks a little and leaves the goodbye to the agent.
  static final CallerScript BOOKS = CallerScript.answers().listens().says("booking");

  private static final int AT_ONCE = 8;
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Expected FINE =
      new Expected(java.util.Set.of("COMPLETED"), Pattern.compile("end_call"));

  private final Callbridge callbridge;
  private final CallStore calls;
  private final DatabaseClient database;
  private final Instant since = Instant.now();
  private final Map<UUID, Expected> expected = new ConcurrentHashMap<>();
  private @Nullable Ledgers halfway;

  FaultBench(Callbridge callbridge, CallStore calls, DatabaseClient database) {
    this.callbridge = callbridge;
    this.calls = calls;
    this.database = database;
  }

  /// @param observed how the call ended
  /// @param spoken how long the caller waited for the first sentence; null where none was said
  /// @param problems what is not as it must be, in words
  record Result(FaultRow row, String observed, @Nullable Duration spoken, List<String> problems) {}

  /// A few calls first, because a JVM that has not held any yet is slow enough to lose sound.
  /// Buffers are sampled for leaks, not each written down at every touch: that alone would take the
  /// machine.
  List<Result> run(List<FaultRow> rows, Duration atMost) {
    ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    try {
      warmUp();
      return runAll(rows, atMost);
    } finally {
      ResourceLeakDetector.setLevel(level);
    }
  }

  private void warmUp() {
    for (SandboxCall line : Stream.generate(() -> callbridge.callIn(BOOKS)).limit(3).toList()) {
      line.settled().block(OVER);
    }
  }

  private List<Result> runAll(List<FaultRow> rows, Duration atMost) {
    List<Result> results =
        Objects.requireNonNull(
            Flux.fromIterable(rows)
                .flatMapSequential(
                    row ->
                        Mono.fromCallable(() -> run(row)).subscribeOn(Schedulers.boundedElastic()),
                    AT_ONCE,
                    1)
                .collectList()
                .block(atMost));
    halfway = ledgers();
    return results;
  }

  /// What does not hold of all the calls together, once everything has settled.
  List<String> violations() {
    Ledgers now = ledgers();
    Stream<String> changed =
        halfway == null ? Stream.of() : Invariants.changes(halfway, now).stream();
    return Stream.concat(Invariants.violations(now, expected).stream(), changed).toList();
  }

  private Ledgers ledgers() {
    return Ledgers.read(callbridge.twilio(), callbridge.elevenlabs().sessions(), database, since);
  }

  private Result run(FaultRow row) {
    List<String> problems = new ArrayList<>();
    SandboxCall bystander = callbridge.callIn(BOOKS);
    UUID id;
    Call call;
    try {
      id = row.begin().apply(this);
      call = await(id);
    } catch (AssertionError | RuntimeException e) {
      return new Result(row, "no end: " + e.getMessage(), null, List.of("it did not end: " + e));
    }
    expected.put(id, row.expected());
    String outcome = String.valueOf(call.truth().outcome());
    String reason = String.valueOf(call.truth().reason());
    if (!row.outcomes().contains(call.truth().outcome())) {
      problems.add("it ended as %s, not as %s".formatted(outcome, row.outcomes()));
    }
    if (!row.reason().matcher(reason).matches()) {
      problems.add("the reason is %s, not %s".formatted(reason, row.reason()));
    }
    String sid = call.truth().twilioCallSid();
    SandboxCall line = sid == null ? null : callbridge.twilio().call(sid);
    Duration spoken = null;
    if (line != null) {
      line.ended().block(SOON);
      Line ledger = Line.of(line);
      problems.addAll(words(row, ledger));
      spoken = waited(ledger);
      Duration bound = row.spokenWithin();
      if (bound != null && (spoken == null || spoken.compareTo(bound) > 0)) {
        problems.add("the first sentence came after %s, not within %s".formatted(spoken, bound));
      }
    }
    problems.addAll(row.also().problems(this, call));
    problems.addAll(bystander(bystander));
    return new Result(row, outcome + " (" + reason + ")", spoken, problems);
  }

  private static List<String> words(FaultRow row, Line line) {
    List<String> said = line.spoken().stream().map(Said::text).toList();
    boolean isRight =
        switch (row.words()) {
          case APOLOGY -> !said.isEmpty() && said.getLast().startsWith("I am sorry");
          case ONE_MOMENT -> said.equals(List.of("One moment, please."));
          case NONE -> said.isEmpty();
          case ANY -> true;
        };
    return isRight ? List.of() : List.of("the caller was told " + said + ": " + row.words());
  }

  /// From when the agent was gone, or should have been there, to the first sentence.
  private @Nullable Duration waited(Line line) {
    if (line.spoken().isEmpty()) {
      return null;
    }
    Instant said = line.spoken().getFirst().at();
    Instant from =
        Stream.concat(
                Stream.concat(
                    line.streams().stream().map(Ledgers.Stream::at), line.drops().stream()),
                callbridge.elevenlabs().sessions().stream()
                    .map(FaultBench::conversation)
                    .filter(it -> it.callSid().equals(line.sid()) && !it.closedByClient())
                    .map(Conversation::ended)
                    .filter(Objects::nonNull)
                    .map(Objects::requireNonNull))
            .filter(at -> at.isBefore(said))
            .max(Comparator.naturalOrder())
            .orElse(line.answered());
    return from == null ? null : Duration.between(from, said);
  }

  private static Conversation conversation(dev.callbridge.sandbox.elevenlabs.AgentSession session) {
    return Conversation.of(session);
  }

  /// A call with nothing wrong loses nothing, whatever happens beside it.
  private List<String> bystander(SandboxCall line) {
    try {
      line.settled().block(OVER);
      Call call = await(callbridge.await(line, _ -> true).id());
      expected.put(call.id(), FINE);
      List<String> problems = new ArrayList<>();
      if (call.truth().outcome() != Outcome.COMPLETED) {
        problems.add("the healthy call beside it is " + call.truth());
      } else if (!Arrays.equals(line.heard(), callbridge.session(call).sentAudio())) {
        problems.add("the healthy call beside it did not hear all its agent said");
      }
      if (!line.verdicts().isEmpty()) {
        problems.add("the healthy call beside it has verdicts: " + verdicts(line));
      }
      callbridge.events(call.id()).stream()
          .filter(event -> event.kind() == Kind.MEDIA_ENDED)
          .map(event -> event.details().getOrDefault("droppedFrames", "0"))
          .filter(dropped -> !dropped.equals("0"))
          .forEach(
              dropped -> problems.add("the healthy call beside it lost " + dropped + " frames"));
      return problems;
    } catch (AssertionError | RuntimeException e) {
      return List.of("the healthy call beside it did not end: " + e);
    }
  }

  private static List<String> verdicts(SandboxCall line) {
    return line.timeline().stream()
        .filter(entry -> entry.kind().equals("verdict"))
        .map(SandboxCall.Entry::detail)
        .toList();
  }

  /// The stored call, once it is over.
  Call await(UUID id) {
    return Objects.requireNonNull(
        calls
            .find(id)
            .filter(Call::isOver)
            .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(200)))
            .block(OVER),
        "call " + id + " is not over");
  }

  Callbridge callbridge() {
    return callbridge;
  }

  long count(String sql) {
    return Objects.requireNonNull(
        database
            .sql(sql)
            .map(row -> Objects.requireNonNull(row.get(0, Long.class)))
            .one()
            .block(SOON));
  }

  UUID callIn(CallerScript script, String query) {
    return callbridge.await(callbridge.callIn(script, query), _ -> true).id();
  }

  UUID place(String body) {
    HttpRequest request =
        HttpRequest.newBuilder(callbridge.settings().publicUrl("/api/v1/calls"))
            .timeout(SOON)
            .header("X-API-Key", "sandbox")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    return UUID.fromString(new JsonMapper().readTree(send(request)).path("id").asString(""));
  }

  /// As an operator does.
  void hangUp(UUID id) {
    send(
        HttpRequest.newBuilder(callbridge.settings().publicUrl("/api/v1/calls/" + id))
            .timeout(SOON)
            .header("X-API-Key", "sandbox")
            .DELETE()
            .build());
  }

  private static String send(HttpRequest request) {
    try {
      HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new AssertionError(request + " was answered " + answer.statusCode());
      }
      return answer.body();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
