package dev.callbridge.sandbox;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param twilioPort where the simulated Twilio listens, 0 for any
/// @param elevenlabsPort where the simulated ElevenLabs listens, 0 for any
/// @param demo whether one call is made at the start
/// @param rehearsal how long calls are held from the start on, after which the process ends; zero
///   for no rehearsal
/// @param speedUp how much faster than life people ring and pause; speech is always in real time
@ConfigurationProperties("callbridge.sandbox")
record SandboxSettings(
    @DefaultValue("8082") int twilioPort,
    @DefaultValue("8083") int elevenlabsPort,
    @DefaultValue("true") boolean demo,
    @DefaultValue("0s") Duration rehearsal,
    @DefaultValue("1") double speedUp) {}
