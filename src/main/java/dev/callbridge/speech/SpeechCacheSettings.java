package dev.callbridge.speech;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/// @param directory of this instance alone; what is in it may be deleted at any time
/// @param maxSize of all phrases together: past it those go that were not asked for the longest
@ConfigurationProperties("callbridge.speech-cache")
public record SpeechCacheSettings(Path directory, DataSize maxSize) {}
