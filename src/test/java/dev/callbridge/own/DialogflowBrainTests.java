package dev.callbridge.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.callbridge.agent.AgentException;
import dev.callbridge.agent.Introduction;
import dev.callbridge.assistants.DialogflowSettings;
import dev.callbridge.own.Message.Role;
import dev.callbridge.testing.Callbridge;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DialogflowBrainTests {

  private static final String AGENT = "projects/p/locations/europe-west3/agents/a-1";
  private static final Duration SOON = Callbridge.SOON;

  private final GoogleAccess google = new GoogleAccess();
  private final History history = new History();
  private ScriptedDialogflow dialogflow;
  @TempDir private Path directory;

  @BeforeEach
  void start() throws Exception {
    dialogflow = new ScriptedDialogflow();
    history.system("You are told this, but Dialogflow is not.");
  }

  @AfterEach
  void stop() {
    dialogflow.close();
    google.destroy();
  }

  @Test
  void itIsSentWhatIsNewAndItsWordsComeBack() {
    Brain brain = brain(SOON, null);
    dialogflow.answers(text("Good morning."), text("How can I help?"));
    assertThat(words(brain)).isEqualTo("Good morning. How can I help? ");
    history.add(Message.of(Role.ASSISTANT, "Good morning. How can I help?"));

    history.add(Message.of(Role.SYSTEM, "The caller pressed 4"));
    history.add(Message.of(Role.USER, "A table"));
    dialogflow.answers(
        text("For a screen."),
        "{\"outputAudioText\":{\"ssml\":\"<speak>For <b>how many</b> &amp; when?</speak>\"}}",
        "{\"endInteraction\":{}}");
    List<Thought> thoughts = think(brain);

    assertThat(dialogflow.paths).containsOnly("/v3/" + AGENT + "/sessions/call-1:detectIntent");
    assertThat(dialogflow.requests.getFirst())
        .hasToString(
            """
            {"queryInput":{"languageCode":"en","text":{"text":"Hello"}},\
            "queryParams":{"parameters":{"guests":2}}}\
            """);
    assertThat(dialogflow.requests.get(1))
        .hasToString(
            """
            {"queryInput":{"languageCode":"en","text":{"text":"A table"}},\
            "queryParams":{"parameters":{"callbridge_context":"The caller pressed 4"}}}\
            """);
    assertThat(dialogflow.authorizations).as("nobody is told who asks").containsOnly("null");
    assertThat(thoughts).hasSize(2);
    assertThat(((Thought.Words) thoughts.getFirst()).text().strip().replaceAll(" +", " "))
        .isEqualTo("For how many & when?");
    assertThat(((Thought.Use) thoughts.get(1)).tool()).isEqualTo("end_call");
  }

  @Test
  void whatWasSaidBeforeAnAnswerCameIsSaidAgainWithWhatFollows() {
    Brain brain = brain(SOON, null);
    history.add(Message.of(Role.USER, "I would like"));
    dialogflow.answers(0, "");
    brain.think(history.messages()).take(Duration.ofMillis(300)).blockLast(SOON);
    Callbridge.eventually(
        () -> dialogflow.cancelled.get() == 1, "the connection of a cancelled question");

    history.add(Message.of(Role.USER, "a table"));
    dialogflow.answers(text("When?"));
    assertThat(words(brain)).isEqualTo("When? ");
    history.add(Message.of(Role.USER, "a table"));
    dialogflow.answers(text("When?"));
    assertThat(words(brain)).isEqualTo("When? ");

    assertThat(dialogflow.requests)
        .extracting(request -> request.at("/queryInput/text/text").asString())
        .containsExactly("I would like", "I would like a table", "a table");
  }

  @Test
  void aToolIsUsedOnceAndItsResultIsTold() {
    Brain brain = brain(SOON, null);
    history.add(Message.of(Role.USER, "Book it"));
    dialogflow.answers(
        "{\"toolCall\":{\"tool\":\"t/1\",\"action\":\"book_table\",\"inputParameters\":{\"people\":2}}}");
    Thought.Use use = (Thought.Use) think(brain).getFirst();
    assertThat(use.tool()).isEqualTo("book_table");
    assertThat(use.parameters()).isEqualTo(Map.of("people", 2));

    history.add(new Message(Role.ASSISTANT, "", List.of(use), null));
    History.Entry result = history.add(Message.result(use.id(), "It is still being done."));
    history.add(Message.of(Role.USER, "Is it done?"));
    dialogflow.answers(text("Left out."));
    dialogflow.answers(text("Soon."));
    assertThat(words(brain)).isEqualTo("Soon. ");
    assertThat(dialogflow.requests.get(1))
        .hasToString(
            """
            {"queryInput":{"languageCode":"en","toolCallResult":{"tool":"t/1","action":"book_table",\
            "outputParameters":{"result":"It is still being done."}}}}\
            """);

    result.text("{\"booked\":true}");
    history.add(Message.of(Role.USER, "And now?"));
    dialogflow.answers(text("Yes."));
    assertThat(words(brain)).isEqualTo("Yes. ");
    assertThat(dialogflow.requests.get(3).at("/queryParams/parameters/callbridge_context"))
        .as("a result that comes late")
        .hasToString("\"{\\\"booked\\\":true}\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Error: no such table|{\"error\":{\"message\":\"no such table\"}}",
        "{\"booked\":true}|{\"outputParameters\":{\"booked\":true}}",
        "[1]|{\"outputParameters\":{\"result\":\"[1]\"}}"
      })
  void resultsAreWhatDialogflowTakes(String result, String expected) {
    Brain brain = brain(SOON, null);
    dialogflow.answers("{\"toolCall\":{\"tool\":\"t\",\"action\":\"a\"}}");
    Thought.Use use = (Thought.Use) think(brain).getFirst();
    history.add(new Message(Role.ASSISTANT, "", List.of(use), null));
    history.add(Message.result(use.id(), result));
    dialogflow.answers("{\"liveAgentHandoff\":{\"metadata\":{\"target\":\"desk\"}}}");

    Thought.Use handoff = (Thought.Use) think(brain).getFirst();

    assertThat(dialogflow.requests.getLast().at("/queryInput/toolCallResult").toString())
        .endsWith("\"action\":\"a\"," + expected.substring(1));
    assertThat(handoff.tool()).isEqualTo("transfer_to_person");
    assertThat(handoff.parameters()).isEqualTo(Map.of("target", "desk"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"liveAgentHandoff", "telephonyTransferCall"})
  void aHandOffThatIsRefusedIsSaidToItAndNobodyWaitsInSilence(String handOff) {
    Brain brain = brain(SOON, null);
    history.add(Message.of(Role.USER, "A person, please"));
    dialogflow.answers("{\"%s\":{}}".formatted(handOff));
    Thought.Use use = (Thought.Use) think(brain).getFirst();
    assertThat(use.tool()).isEqualTo("transfer_to_person");

    history.add(new Message(Role.ASSISTANT, "", List.of(use), null));
    history.add(Message.result(use.id(), "Error: There is nobody."));
    dialogflow.answers(text("Nobody is there. Can I help?"));

    assertThat(words(brain)).isEqualTo("Nobody is there. Can I help? ");
    assertThat(dialogflow.requests.getLast())
        .hasToString(
            "{\"queryInput\":{\"languageCode\":\"en\",\"text\":{\"text\":\"Error: There is nobody.\"}}}");
  }

  @Test
  void aCallThatGoesOnIsNotBegunAnew() {
    history.system("Before the line broke: two people.");
    DialogflowSettings settings =
        new DialogflowSettings(
            null, AGENT, URI.create(dialogflow.url()), null, "en", "Hello", "WELCOME", SOON);
    Introduction goesOn =
        new Introduction("own", "call-1", Map.of(), null, null, null, "Before the line broke");
    dialogflow.answers(text("On which day?"));

    assertThat(words(new DialogflowBrain(settings, google, goesOn))).isEqualTo("On which day? ");
    assertThat(dialogflow.requests.getFirst())
        .hasToString(
            """
            {"queryInput":{"languageCode":"en","text":{"text":"Hello"}},\
            "queryParams":{"parameters":{"callbridge_context":"Before the line broke: two people."}}}\
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401|{}|model_401",
        "404|{}|model_404",
        "429|{}|model_429",
        "500|<html>|model_500",
        "200|{}|model_malformed",
        "200|{\"queryResult\":[]}|model_malformed",
        "200|nothing|model_lost",
        "302|{}|model_malformed",
        "0||model_timeout"
      })
  void failuresAreToldByTheirKind(int status, @Nullable String body, String reason) {
    dialogflow.answers(status, body == null ? "" : body);

    assertThatThrownBy(() -> think(brain(Duration.ofMillis(status == 0 ? 300 : 9_000), null)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void anAnswerWithoutBoundIsNotRead() {
    dialogflow.answers(200, "{\"queryResult\":{\"text\":\"" + "a".repeat(1 << 20) + "\"}}");

    assertThatThrownBy(() -> think(brain(SOON, null)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.reason()).isEqualTo("model_lost"));
  }

  @Test
  void aServiceAccountSignsForItsTokensWhichAreKept() throws Exception {
    String file = dialogflow.keyFile(directory).toString();
    Brain brain = brain(SOON, file);
    dialogflow.answers(text("Hello."));
    dialogflow.answers(text("Hello."));
    think(brain);
    history.add(Message.of(Role.USER, "Hello"));
    think(brain);

    assertThat(dialogflow.authorizations).containsExactly("Bearer token-1", "Bearer token-1");
    assertThat(dialogflow.tokens).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing.json", ""})
  void whoHasNoKeyIsToldSo(String name) throws Exception {
    Path file = name.isEmpty() ? directory : directory.resolve(name);

    assertThatThrownBy(() -> think(brain(SOON, file.toString())))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.reason()).isEqualTo("model_credentials"));
  }

  @ParameterizedTest
  @CsvSource({
    "projects/p/locations/global/agents/a, https://dialogflow.googleapis.com",
    "projects/x.com:p/locations/us-central1/agents/a/environments/e,"
        + " https://us-central1-dialogflow.googleapis.com"
  })
  void anAgentIsWhereItsLocationIs(String agent, String origin) {
    DialogflowSettings settings = settings(agent, null, SOON, null);

    assertThat(settings.sessions()).hasToString(origin + "/v3/" + agent + "/sessions/");
    assertThat(settings.needsCredentials()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "projects/p/locations/l/agents/a/../b",
        "projects/p/locations/L/agents/a"
      })
  void whatIsNoAgentIsRefused(String agent) {
    assertThatThrownBy(() -> settings(agent, null, SOON, null))
        .hasMessageContaining("own.dialogflow: the agent is none such as");
  }

  private List<Thought> think(Brain brain) {
    return Objects.requireNonNull(brain.think(history.messages()).collectList().block(SOON));
  }

  private String words(Brain brain) {
    StringBuilder words = new StringBuilder();
    think(brain).forEach(thought -> words.append(((Thought.Words) thought).text()));
    return words.toString();
  }

  private Brain brain(Duration deadline, @Nullable String credentials) {
    return new DialogflowBrain(
        settings(AGENT, URI.create(dialogflow.url()), deadline, credentials),
        google,
        new Introduction("own", "call-1", Map.of("guests", 2), null, null, null));
  }

  private static DialogflowSettings settings(
      String agent, @Nullable URI url, Duration deadline, @Nullable String credentials) {
    return new DialogflowSettings(null, agent, url, credentials, "en", "Hello", null, deadline);
  }

  private static String text(String words) {
    return "{\"text\":{\"text\":[\"" + words + "\",\"Or else.\"]}}";
  }
}
