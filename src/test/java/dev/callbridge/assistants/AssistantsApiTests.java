package dev.callbridge.assistants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import io.r2dbc.spi.ConnectionFactories;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import tools.jackson.databind.JsonNode;

/// Stored assistants from their making to their end, and what is refused. Only an agent of our own
/// is called.
@CallbridgeTest
final class AssistantsApiTests {

  private final Callbridge callbridge;
  private final AssistantsApi api;
  private final ModelEndpoints endpoints;
  private final DatabaseClient database;
  private final AssistantSettings settings;
  private final String name = "t-" + UUID.randomUUID();

  AssistantsApiTests(
      @Autowired Callbridge callbridge,
      @Autowired DatabaseClient database,
      @Autowired AssistantSettings settings,
      @Autowired ModelEndpoints endpoints) {
    this.callbridge = callbridge;
    this.endpoints = endpoints;
    this.api = new AssistantsApi(callbridge.settings());
    this.database = database;
    this.settings = settings;
  }

  @Test
  void anAssistantIsMadeShownChangedAndDeleted() {
    var made = api.make(body("\"requiredVariables\":[\"name\",\"table\"]"));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(made.etag()).isEqualTo("\"" + made.get("/version") + "\"");
    assertThat(made.get("/source")).isEqualTo("STORED");
    assertThat(made.get("/maxDurationSeconds")).isEqualTo("1800");
    assertThat(api.get("/api/v1/assistants").json().path("assistants"))
        .extracting(it -> it.path("name").asString())
        .contains("default", name);

    var missing = api.place(outbound("{\"name\":\"John\",\"table\":\" \"}"));
    assertThat(missing.status()).isEqualTo(400);
    assertThat(missing.get("/errors/0/field")).isEqualTo("variables.table");
    assertThat(missing.json().path("errors").size()).isEqualTo(1);
    assertThat(api.send("POST", "/api/v1/browser-calls", call("{}")).json().path("errors"))
        .extracting(it -> it.path("field").asString())
        .contains("variables.name", "variables.table");

    String shown = api.get("/api/v1/assistants/" + name).body();
    var changed = api.put(name, shown.replace("\"table\"", "\"day\""));
    assertThat(changed.status()).as(changed.body()).isEqualTo(200);
    assertThat(changed.get("/requiredVariables/1")).isEqualTo("day");
    assertThat(api.place(outbound("{\"name\":\"John\"}")).get("/errors/0/field"))
        .isEqualTo("variables.day");

    assertThat(api.put(name, shown).status()).isEqualTo(412);
    assertThat(api.put(name, shown, "If-Match", made.etag()).status()).isEqualTo(412);
    assertThat(api.put(name, body("\"greets\":false")).status()).isEqualTo(428);
    assertThat(api.put(name, shown, "If-Match", "*").status()).isEqualTo(400);
    assertThat(api.delete(name, "If-Match", made.etag()).status()).isEqualTo(412);
    assertThat(api.delete(name, "If-Match", changed.etag()).status()).isEqualTo(204);
    assertThat(api.get("/api/v1/assistants/" + name).status()).isEqualTo(404);
    assertThat(api.delete(name).status()).isEqualTo(404);
    assertThat(api.place(outbound("{}")).get("/errors/0/field")).isEqualTo("assistant");
  }

  @Test
  void anAnnouncementIsAnAssistantToo() {
    var made =
        api.make(
            "{\"name\":\"%s\",\"announcement\":{\"text\":\"Hello {{name}}.\",\"confirmKey\":\"1\"}}"
                .formatted(name));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(made.get("/kind")).isEqualTo("ANNOUNCEMENT");
    assertThat(made.get("/announcement/answerWithinSeconds")).isEqualTo("6");

    String shown = api.get("/api/v1/assistants/" + name).body();
    var changed = api.put(name, shown.replace("\"times\":3", "\"times\":2"));
    assertThat(changed.status()).as(changed.body()).isEqualTo(200);
    assertThat(changed.get("/announcement/times")).isEqualTo("2");
    assertThat(changed.get("/announcement/text")).isEqualTo("Hello {{name}}.");
    assertThat(api.delete(name).status()).isEqualTo(204);
  }

  /// Whose model is named, and neither its address nor its key.
  @Test
  void anAgentOfOurOwnIsAnAssistantToo() {
    var made =
        api.make(
            "{\"name\":\"%s\",\"firstMessage\":\"Hello, this is ours.\",\"own\":{\"prompt\":\"You are {{name}}.\",\"voiceId\":\"sandbox\",\"model\":{\"endpoint\":\"sandbox\",\"name\":\"sandbox\"}}}"
                .formatted(name));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(made.get("/kind")).isEqualTo("OWN");
    assertThat(made.get("/own/endOfTurnMs")).isEqualTo("600");
    String shown = api.get("/api/v1/assistants/" + name).body();
    assertThat(shown).doesNotContain("apiKey", "api-key", "127.0.0.1", "://");

    var changed =
        api.put(name, shown.replace("\"PARTIALS\"", "\"ENERGY\"").replace("You are", "You were"));
    assertThat(changed.status()).as(changed.body()).isEqualTo(200);
    assertThat(changed.get("/own/interruptBy")).isEqualTo("ENERGY");
    assertThat(changed.get("/own/prompt")).isEqualTo("You were {{name}}.");
    assertThat(definition()).contains("\"endpoint\": \"sandbox\"").doesNotContain("api", "http");

    var line =
        callbridge.callIn(
            CallerScript.answers().staysSilentFor(Callbridge.SOON), "assistant=" + name);
    callbridge.await(line, call -> call.truth().timings().firstAgentAudio() != null);
    line.hangUp();
    assertThat(callbridge.awaitOutcome(line).truth().outcome()).isEqualTo(Outcome.COMPLETED);

    assertThat(
            new StoredAssistants(database, new ModelEndpoints(Map.of(), Map.of()))
                .find(name)
                .blockOptional(Callbridge.SOON))
        .as("an endpoint that the settings have no more")
        .isEmpty();
    assertThat(api.delete(name).status()).isEqualTo(204);
  }

  @Test
  void aModelOfTheSettingsIsShownWithoutItsKeyAndItsAddress() {
    String shown = api.get("/api/v1/assistants/own").body();

    assertThat(shown)
        .contains("\"kind\":\"OWN\"", "You take bookings")
        .doesNotContain("://", "Key");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'name':'x'}                                     | own.model.endpoint | is missing; there are [sandbox]",
        "{'endpoint':'evil','name':'x'}                   | own.model.endpoint | is not one of [sandbox]",
        "{'endpoint':'sandbox'}                           | own.model.name     | is missing",
        "{'endpoint':'sandbox','name':'a\\nb'}             | own.model.name     | does not match",
        "{'endpoint':'sandbox','name':'x','firstTokenMs':5} | own.model.firstTokenMs | is 5, not from",
        "null                                             | own.model          | is needed, or own.dialogflow",
        "{'endpoint':'sandbox','name':'x'},'stability':2  | own.stability      | is 2.0, not from",
        "{'endpoint':'sandbox','name':'x'},'voiceId':'-'  | own.voiceId        | does not match",
        "{'endpoint':'sandbox','name':'x'},'prompts':-1   | own.prompts        | is -1, not from",
        "{'endpoint':'sandbox','name':'x'},'pronunciations':[null] | own.pronunciations | has one without",
        "{'endpoint':'sandbox','name':'x'},'fallbackModel':{'name':'x'} | own.fallbackModel.endpoint | is missing",
        "null,'dialogflow':{'agent':'projects/p'}         | own.dialogflow.access | is missing; there are []",
      })
  void whatIsWrongWithAnAgentOfOurOwnIsNamed(String model, String field, String problem) {
    var refused =
        api.make(
            "{\"name\":\"%s\",\"own\":{\"model\":%s}}".formatted(name, model.replace('\'', '"')));

    assertThat(refused.status()).as(refused.body()).isEqualTo(400);
    assertThat(refused.json().path("errors"))
        .anySatisfy(error -> {
          assertThat(error.path("field").asString("")).isEqualTo(field);
          assertThat(error.path("problem").asString("")).startsWith(problem);
        });
  }

  private String definition() {
    return Objects.requireNonNull(
        database
            .sql("SELECT definition::text FROM assistant WHERE name = :name")
            .bind("name", name)
            .map(row -> String.valueOf(row.get(0, String.class)))
            .one()
            .block(Callbridge.SOON));
  }

  @Test
  void whatTheSettingsHaveIsReadOnly() {
    JsonNode configured = api.get("/api/v1/assistants/default").json();

    assertThat(configured.path("source").asString()).isEqualTo("CONFIGURED");
    for (var refused :
        List.of(
            api.put("default", "{\"agentId\":\"a\"}"),
            api.make("{\"name\":\"default\",\"agentId\":\"a\"}"),
            api.delete("default"))) {
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.get("/errors/0/field")).isEqualTo("name");
    }
  }

  @Test
  void aNumberIsAnsweredByOne() {
    String number = "+1555%07d".formatted(Math.floorMod(name.hashCode(), 10_000_000));
    String own = "\"numbers\":[\"%s\",\"%s0\"]".formatted(number, number);
    assertThat(api.make(body(own)).status()).isEqualTo(201);

    var taken = api.put(name + "-2", "{\"agentId\":\"a\",%s}".formatted(own));
    assertThat(taken.status()).isEqualTo(409);
    assertThat(taken.get("/errors/0/field")).isEqualTo("numbers");

    var fewer = api.get("/api/v1/assistants/" + name);
    assertThat(api.put(name, fewer.body().replace(number + "0", number + "1")).status())
        .isEqualTo(200);
    assertThat(api.get("/api/v1/assistants/" + name).json().path("numbers"))
        .extracting(JsonNode::asString)
        .containsExactly(number, number + "1");
    assertThat(api.delete(name).status()).isEqualTo(204);
    assertThat(api.put(name + "-2", "{\"agentId\":\"a\",%s}".formatted(own)).status())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                         | agentId",
        "{\"agentId\":\"../x\"}                     | agentId",
        "{\"agentId\":7}                            | agentId",
        "{\"agentId\":\"a\",\"name\":\"other\"}     | name",
        "{\"agentId\":\"a\",\"kind\":\"ROBOT\"}     | kind",
        "{\"agentId\":\"a\",\"greeting\":\"x\"}     | greeting",
        "{\"agentId\":\"a\",\"language\":\"?\"}     | language",
        "{\"agentId\":\"a\",\"maxDurationSeconds\":9} | maxDurationSeconds",
        "{\"agentId\":\"a\",\"deadAirSeconds\":0}   | deadAirSeconds",
        "{\"agentId\":\"a\",\"silenceSeconds\":1}   | silenceSeconds",
        "{\"agentId\":\"a\",\"unreachable\":\" \"}  | unreachable",
        "{\"agentId\":\"a\",\"handOffNumber\":\"911\"} | handOffNumber",
        "{\"agentId\":\"a\",\"machine\":\"LEAVE_MESSAGE\"} | voicemailMessage",
        "{\"agentId\":\"a\",\"sentences\":{\"xx!\":{}}} | sentences.?",
        "{\"agentId\":\"a\",\"sentences\":{\"de\":null}} | sentences.de.unreachable",
        "{\"agentId\":\"a\",\"sentences\":{\"de\":{\"unreachable\":\"x\"}}} | sentences.de.reconnecting",
        "{\"agentId\":\"a\",\"requiredVariables\":[\"a b\"]} | requiredVariables[0]",
        "{\"agentId\":\"a\",\"requiredVariables\":[null]} | requiredVariables[0]",
        "{\"agentId\":\"a\",\"tools\":[\"x\",\"\"]} | tools[1]",
        "{\"agentId\":\"a\",\"numbers\":[\"5550001\"]} | numbers[0]",
        "{\"agentId\":\"a\",\"lookup\":\"http://example.com\"} | lookup",
        "{\"agentId\":\"a\",\"lookup\":\"https://example.com\"} | lookup",
        "{\"agentId\":\"a\",\"lookup\":\"http://127.0.0.1@example.com/\"} | lookup",
        "{\"agentId\":\"a\",\"lookup\":\"file:///etc/passwd\"} | lookup",
        "{\"agentId\":\"a\",\"lookup\":\"http://[::1\"} | lookup",
        "{\"kind\":\"ANNOUNCEMENT\"}                 | announcement",
        "{\"announcement\":{}}                       | announcement.text",
        "{\"announcement\":{\"text\":\"x\",\"confirmKey\":\"10\"}} | announcement.confirmKey",
        "{\"announcement\":{\"text\":\"x\",\"times\":0}} | announcement.times",
        "{\"announcement\":{\"text\":\"x\",\"confirmWords\":[\"<\"]}} | announcement.confirmWords",
        "{\"announcement\":{\"text\":\"x\",\"key\":\"1\"}} | announcement.key",
        "{\"kind\":\"ELEVENLABS\",\"agentId\":\"a\",\"announcement\":{\"text\":\"x\"}} | announcement",
        "[]                                         | body"
      })
  void everyFieldThatIsWrongIsNamed(String body, String field) {
    var answer = api.put(name, body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.get("/errors/0/field")).isEqualTo(field);
    assertThat(api.get("/api/v1/assistants/" + name).status()).isEqualTo(404);
  }

  @Test
  void aToolThatNobodyHasIsRefusedByName() {
    var answer = api.put(name, body("\"tools\":[\"end_call\",\"fly_to_the_moon\"]"));

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.get("/errors/0/field")).isEqualTo("tools");
    assertThat(answer.get("/detail")).startsWith("tools has [fly_to_the_moon]; there are [");
    assertThat(api.put(name, body("\"tools\":[\"end_call\"]")).status()).isEqualTo(201);
  }

  @Test
  void anotherInstanceKnowsSecondsLater() {
    Assistants elsewhere = new Assistants(settings);
    AssistantRefresh refresh =
        new AssistantRefresh(new StoredAssistants(database, endpoints), elsewhere);
    refresh.start();
    try {
      assertThat(api.make(body("\"greets\":false")).status()).isEqualTo(201);
      Callbridge.eventually(() -> elsewhere.find(name).isPresent(), "it is not known elsewhere");
      assertThat(elsewhere.of(name).greets()).isFalse();
      api.delete(name);
      Callbridge.eventually(() -> elsewhere.find(name).isEmpty(), "it is still known elsewhere");
    } finally {
      refresh.stop();
    }
  }

  @Test
  void whatWasKnownLastStaysWhileTheDatabaseIsAway() {
    Assistants assistants = new Assistants(settings);
    assistants.know(0, List.of(new StoredAssistant(name, 1, Assistant.of("a"))));
    var away =
        DatabaseClient.create(
            ConnectionFactories.get("r2dbc:postgresql://nobody@127.0.0.1:1/none"));
    AssistantRefresh refresh =
        new AssistantRefresh(new StoredAssistants(away, endpoints), assistants);

    refresh.start();
    refresh.stop();

    assertThat(assistants.find(name)).isPresent();
  }

  /// A later release may store what this one cannot read.
  @Test
  void aRowThatCannotBeReadHidesNoOther() {
    database
        .sql("INSERT INTO assistant (name, definition) VALUES (:name, '{\"kind\":\"ROBOT\"}')")
        .bind("name", name + "-robot")
        .then()
        .block(Callbridge.SOON);

    assertThat(api.make(body("\"greets\":true")).status()).isEqualTo(201);

    assertThat(api.get("/api/v1/assistants").body()).contains(name).doesNotContain("-robot");
    assertThat(api.get("/api/v1/assistants/" + name + "-robot").status()).isEqualTo(404);
    assertThat(api.delete(name + "-robot").status()).isEqualTo(204);
  }

  private String body(String more) {
    return "{\"name\":\"%s\",\"agentId\":\"agent_sandbox\",%s}".formatted(name, more);
  }

  private String outbound(String variables) {
    return "{\"to\":\"+15550002001\"," + call(variables).substring(1);
  }

  private String call(String variables) {
    return "{\"assistant\":\"%s\",\"variables\":%s}".formatted(name, variables);
  }
}
