package dev.callbridge.diagnostics;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param keep how long an answer of a vendor serves whoever asks next
/// @param refresh how often it is looked whether calls can still be placed
/// @param recheck the same while they cannot
/// @param stale what was found longer ago than this refuses no call
@ConfigurationProperties("callbridge.diagnostics")
record DiagnosticsSettings(
    @DefaultValue("5s") Duration keep,
    @DefaultValue("30s") Duration refresh,
    @DefaultValue("5s") Duration recheck,
    @DefaultValue("60s") Duration stale) {}
