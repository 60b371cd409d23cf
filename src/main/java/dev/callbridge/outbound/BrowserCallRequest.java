package dev.callbridge.outbound;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A call that somebody wants to make from a page of ours, as the API takes it.
///
/// @param assistant who is to answer, `default` when it is left out
/// @param variables what the agent is told: strings, numbers and booleans
record BrowserCallRequest(
    @Nullable String assistant,
    @Nullable Map<String, @Nullable Object> variables,
    @Nullable String firstMessage,
    @Nullable String language,
    @Nullable String voiceId) {}
