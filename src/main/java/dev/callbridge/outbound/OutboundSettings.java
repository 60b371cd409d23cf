package dev.callbridge.outbound;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param countries whose numbers may be called, as ISO 3166 codes of two letters; no others
@ConfigurationProperties("callbridge.outbound")
record OutboundSettings(@DefaultValue({"US", "CA", "GB"}) Set<String> countries) {}
