package dev.callbridge.bridge;

import java.time.Duration;

/// What a session is held to.
///
/// @param deadAir how long the agent may owe the caller a word
/// @param agentBegins the caller is to be greeted
record Terms(Duration maxDuration, Duration deadAir, boolean agentBegins) {}
