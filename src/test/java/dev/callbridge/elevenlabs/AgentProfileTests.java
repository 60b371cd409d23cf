package dev.callbridge.elevenlabs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AgentProfileTests {

  @Test
  void variablesWithoutAPlaceholderAreTheCallsToBring() {
    AgentProfile agent =
        profile(
            """
            {"agent_id":"a","conversation_config":{
              "agent":{
                "first_message":"Hello {{ name }}, this is {{shop}}",
                "prompt":{"prompt":"{{system__time}} {{caller_number}} {{secret__token}} {{not a name}} {{}}"},
                "dynamic_variables":{"dynamic_variable_placeholders":{"shop":"the shop"}}},
              "language_presets":{"de":{"overrides":{"agent":{"first_message":"Guten Tag, {{anrede}}"}}}}}}
            """);

    assertThat(agent.variables()).containsExactly("anrede", "name", "secret__token");
  }

  @Test
  void overridesAreOffUnlessTheyAreOn() {
    AgentProfile agent =
        profile(
            """
            {"agent_id":"a","conversation_config":{},"platform_settings":{"overrides":{
              "conversation_config_override":{"agent":{"first_message":true,"language":false},"tts":null}}}}
            """);

    assertThat(agent.overrides()).containsExactly(AgentProfile.FIRST_MESSAGE);
  }

  @Test
  void whatIsNotSaidIsNotKnown() {
    AgentProfile agent = profile("{\"agent_id\":\"a\",\"conversation_config\":{}}");

    assertThat(agent.hears()).isNull();
    assertThat(AgentProfile.isCarried(agent.speaks())).isFalse();
    assertThat(agent.clientEvents()).isEmpty();
    assertThat(agent.maxConversations()).isNegative();
  }

  @Test
  void valuesOfAnotherTypeAreAsIfTheyWereNotThere() {
    AgentProfile agent =
        profile(
            """
            {"agent_id":"a","conversation_config":{"asr":7,"tts":{"agent_output_audio_format":{}},
              "conversation":{"client_events":"audio","text_only":[]},"agent":{"prompt":[],"first_message":{}},
              "language_presets":[1,null]},
              "platform_settings":{"call_limits":{"agent_concurrency_limit":"many"},"overrides":[]}}
            """);

    assertThat(agent.speaks()).isNull();
    assertThat(agent.textOnly()).isFalse();
    assertThat(agent.variables()).isEmpty();
    assertThat(agent.maxConversations()).isNegative();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "7",
        "{}",
        "{\"agent_id\":\"a\"}",
        "{\"agent_id\":\"b\",\"conversation_config\":{}}"
      })
  void whatIsNoAgentIsNone(String json) {
    assertThat(read(json)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "{\"character_count\":\"1\",\"character_limit\":2}"})
  void whatIsNoSubscriptionIsNone(String json) {
    assertThat(Subscription.of(ReportJson.read(json.getBytes(UTF_8)))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"max_credit_limit_extension\":\"unlimited\"",
        "\"max_credit_limit_extension\":1000",
        "\"allowed_to_extend_character_limit\":true"
      })
  void aPlanThatMayBeExceededSaysSo(String extension) {
    String json = "{\"character_count\":5,\"character_limit\":5,%s}".formatted(extension);

    Subscription subscription =
        Objects.requireNonNull(Subscription.of(ReportJson.read(json.getBytes(UTF_8))));

    assertThat(subscription.extendable()).isTrue();
  }

  private static AgentProfile profile(String json) {
    return Objects.requireNonNull(read(json));
  }

  private static @Nullable AgentProfile read(String json) {
    return AgentProfile.of(ReportJson.read(json.getBytes(UTF_8)), "a");
  }
}
