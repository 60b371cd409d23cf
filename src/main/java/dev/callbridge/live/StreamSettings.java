package dev.callbridge.live;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param maxSubscribers of this instance; one more is told to come back later
/// @param heartbeat how long a stream is silent at most
/// @param stalledAfter how long a subscriber may take over one write
/// @param ring events that wait for subscribers, and how far behind one may be
/// @param poll how often it is looked for what the database has not announced
@ConfigurationProperties("callbridge.stream")
record StreamSettings(
    @DefaultValue("2000") int maxSubscribers,
    @DefaultValue("15s") Duration heartbeat,
    @DefaultValue("20s") Duration stalledAfter,
    @DefaultValue("4096") int ring,
    @DefaultValue("1s") Duration poll) {}
