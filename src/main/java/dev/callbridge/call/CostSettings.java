package dev.callbridge.call;

import java.math.BigDecimal;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What a minute is taken to cost, in US dollars, until the vendors have said.
@ConfigurationProperties("callbridge.cost")
public record CostSettings(
    @DefaultValue("0.0140") BigDecimal twilioPerMinute,
    @DefaultValue("0.10") BigDecimal elevenlabsPerMinute) {}
