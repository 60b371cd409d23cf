package dev.callbridge.outbound;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A call that somebody wants placed, as the API takes it.
///
/// @param to E.164
/// @param assistant who is to talk, `default` when it is left out
/// @param from the number to call from, ours when it is left out
/// @param variables what the agent is told: strings, numbers and booleans
record CallRequest(
    @Nullable String to,
    @Nullable String assistant,
    @Nullable String from,
    @Nullable Map<String, @Nullable Object> variables,
    @Nullable String firstMessage,
    @Nullable String language,
    @Nullable String voiceId,
    @Nullable Boolean machineDetection,
    @Nullable Integer ringTimeoutSeconds,
    @Nullable Integer maxDurationSeconds,
    @Nullable Map<String, @Nullable Object> metadata) {}
