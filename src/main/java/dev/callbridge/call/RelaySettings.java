package dev.callbridge.call;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param maxCalls how many calls may be on at a time; one more hears that all lines are busy
/// @param drainLimit how long calls may go on once this process is to stop
@ConfigurationProperties("callbridge.relay")
public record RelaySettings(
    @DefaultValue("500") int maxCalls, @DefaultValue("10m") Duration drainLimit) {}
