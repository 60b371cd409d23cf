package dev.callbridge.speech;

import dev.callbridge.requests.RequestCheck;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;

/// How somebody's speech is to sound.
///
/// @param settings of the voice, as far as they are given
record ConversionRequest(
    String voiceId, String modelId, boolean isWav, boolean isNoisy, Map<String, Object> settings) {

  static final String MULTILINGUAL = "eleven_multilingual_sts_v2";
  private static final Set<String> SHARES = Set.of("stability", "similarity_boost", "style");
  private static final Set<String> KNOWN =
      Set.of(
          "model_id",
          "format",
          "remove_background_noise",
          "use_speaker_boost",
          "stability",
          "similarity_boost",
          "style");

  /// @throws dev.callbridge.requests.InvalidRequestException naming every parameter that is wrong
  static ConversionRequest of(String voiceId, MultiValueMap<String, String> query) {
    RequestCheck check = new RequestCheck();
    Set<String> strangers = new TreeSet<>(query.keySet());
    strangers.removeAll(KNOWN);
    if (!strangers.isEmpty()) {
      check.add("query", "has what is no parameter; those are " + new TreeSet<>(KNOWN));
    }
    query.forEach((name, values) -> {
      if (KNOWN.contains(name) && values.size() > 1) {
        check.add(name, "is given more than once");
      }
    });
    check.voice(voiceId);
    String model = query.getFirst("model_id");
    check.matching("model_id", model, "[a-z0-9_]{1,64}");
    check.matching("format", query.getFirst("format"), "wav|ulaw");
    Map<String, Object> settings = new LinkedHashMap<>();
    SHARES.forEach(name -> share(check, settings, name, query.getFirst(name)));
    String boost = query.getFirst("use_speaker_boost");
    if (boost != null) {
      check.matching("use_speaker_boost", boost, "true|false");
      settings.put("use_speaker_boost", boost.equals("true"));
    }
    String noisy = query.getFirst("remove_background_noise");
    check.matching("remove_background_noise", noisy, "true|false");
    check.orThrow(HttpStatus.BAD_REQUEST);
    return new ConversionRequest(
        voiceId,
        model == null ? MULTILINGUAL : model,
        !"ulaw".equals(query.getFirst("format")),
        "true".equals(noisy),
        settings);
  }

  private static void share(
      RequestCheck check, Map<String, Object> settings, String name, @Nullable String value) {
    if (value == null) {
      return;
    } else if (!value.matches("0|1|[01]?\\.\\d{1,6}") || Double.parseDouble(value) > 1) {
      check.add(name, "is no number from 0 to 1");
    } else {
      settings.put(name, Double.parseDouble(value));
    }
  }
}
