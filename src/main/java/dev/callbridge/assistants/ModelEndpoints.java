package dev.callbridge.assistants;

import dev.callbridge.secrets.Secret;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Whom stored assistants may have think, by names. Addresses and keys are in the settings alone:
/// what is stored names one, so that neither a key nor a place to send it to comes from outside.
///
/// @param modelEndpoints OpenAI-compatible ones
/// @param dialogflowAccess Google's
@ConfigurationProperties("callbridge")
public record ModelEndpoints(
    @DefaultValue Map<String, Model> modelEndpoints,
    @DefaultValue Map<String, Dialogflow> dialogflowAccess) {

  /// @param url up to and without `/chat/completions`
  /// @param apiKey null where none is needed; goes out by https only
  public record Model(@DefaultValue(OwnAgentSettings.OPENAI) URI url, @Nullable Secret apiKey) {

    public Model {
      OwnAgentSettings.Model.check("model-endpoints", url, apiKey);
    }

    /// Without its key, and without what else may be in a URL.
    @Override
    public String toString() {
      return "Model[" + url.getHost() + "]";
    }
  }

  /// @param url Google's at the agent's location where null
  /// @param credentials a service account's key file, or null for whoever the machine says it is
  public record Dialogflow(@Nullable URI url, @Nullable String credentials) {
    @Override
    public String toString() {
      return "Dialogflow[]";
    }
  }

  public ModelEndpoints {
    modelEndpoints = Map.copyOf(modelEndpoints);
    dialogflowAccess = Map.copyOf(dialogflowAccess);
  }

  Optional<Model> model(@Nullable String name) {
    return name == null ? Optional.empty() : Optional.ofNullable(modelEndpoints.get(name));
  }

  Optional<Dialogflow> dialogflow(@Nullable String name) {
    return name == null ? Optional.empty() : Optional.ofNullable(dialogflowAccess.get(name));
  }
}
