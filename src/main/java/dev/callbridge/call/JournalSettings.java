package dev.callbridge.call;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// @param directory where evidence is kept while the database is away; instances may share it
@ConfigurationProperties("callbridge.journal")
public record JournalSettings(Path directory) {}
