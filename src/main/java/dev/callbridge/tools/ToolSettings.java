package dev.callbridge.tools;

import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param perCall tool calls that one phone call may have
/// @param atOnce uses of one tool at a time, on this instance
/// @param hosts that HTTP tools may ask
/// @param privateAddresses HTTP tools may ask this machine and its network, and without TLS: for
///   trying things out
/// @param http tools without a program, by name, with hyphens where the name has underscores
@ConfigurationProperties("callbridge.tools")
public record ToolSettings(
    @DefaultValue("50") int perCall,
    @DefaultValue("16") int atOnce,
    @DefaultValue List<String> hosts,
    @DefaultValue("false") boolean privateAddresses,
    @DefaultValue Map<String, HttpToolSettings> http) {}
