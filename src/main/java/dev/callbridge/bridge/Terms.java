package dev.callbridge.bridge;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a session is held to.
///
/// @param deadAir how long the agent may owe the caller a word
/// @param silence how long neither side may say anything; null for as long as they like
/// @param agentBegins the caller is to be greeted
/// @param supervisor how long one who has taken the call over may do nothing before the agent has
///   it again
record Terms(
    Duration maxDuration,
    Duration deadAir,
    @Nullable Duration silence,
    boolean agentBegins,
    Duration supervisor) {}
