package dev.callbridge.call;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param maxCalls how many calls may be on at a time; one more hears that all lines are busy
@ConfigurationProperties("callbridge.relay")
public record RelaySettings(@DefaultValue("500") int maxCalls) {}
