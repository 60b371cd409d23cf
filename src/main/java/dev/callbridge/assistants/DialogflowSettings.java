package dev.callbridge.assistants;

import java.net.URI;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// A Dialogflow CX agent that thinks of the answers. It has its own pages and prompts, and
/// remembers what was said to it.
///
/// @param access where its credentials are from, by a name of [ModelEndpoints], or null
/// @param agent `projects/P/locations/L/agents/A`, with `/environments/E` for one of its
///   environments
/// @param url Google's at the agent's location where null
/// @param credentials a service account's key file; where null, whoever the machine says that it is
///   (application default credentials). To an address of this machine none are sent
/// @param language what is said to it is in, where the call names no language
/// @param opening said to it where it is to speak first
/// @param openingEvent given to it instead, or null
/// @param deadline it has answered by then
public record DialogflowSettings(
    @Nullable String access,
    String agent,
    @Nullable URI url,
    @Nullable String credentials,
    @DefaultValue("en") String language,
    @DefaultValue("Hello") String opening,
    @Nullable String openingEvent,
    @DefaultValue("4s") Duration deadline) {

  static final String AGENT_NAME =
      "projects/[\\w.:-]+/locations/([a-z0-9-]+)/agents/[\\w-]+(/environments/[\\w-]+)?";

  private static final Pattern AGENT = Pattern.compile(AGENT_NAME);

  public DialogflowSettings {
    OwnAgentSettings.range("dialogflow.deadline", deadline.toMillis() / 1000.0, 0.1, 30);
    Matcher name = AGENT.matcher(agent == null ? "" : agent);
    if (!name.matches()) {
      throw new IllegalArgumentException(
          "own.dialogflow: the agent is none such as projects/P/locations/L/agents/A");
    }
    if (url == null) {
      String location = name.group(1).equals("global") ? "" : name.group(1) + "-";
      url = URI.create("https://" + location + "dialogflow.googleapis.com");
    } else if (url.getHost() == null || url.getUserInfo() != null) {
      throw new IllegalArgumentException("own.dialogflow: the url is none such as https://host");
    } else if (!"https".equals(url.getScheme()) && !OwnAgentSettings.isThisMachine(url)) {
      throw new IllegalArgumentException("own.dialogflow: it is spoken to by https only");
    }
  }

  /// Where the sessions of the agent are.
  public URI sessions() {
    return URI.create(String.valueOf(url).replaceAll("/+$", "") + "/v3/" + agent + "/sessions/");
  }

  /// Whether it has to be told who asks.
  public boolean needsCredentials() {
    return credentials != null || url == null || !OwnAgentSettings.isThisMachine(url);
  }

  @Override
  public String toString() {
    return "DialogflowSettings[" + agent + "]";
  }
}
