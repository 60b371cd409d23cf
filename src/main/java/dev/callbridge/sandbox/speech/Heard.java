package dev.callbridge.sandbox.speech;

import java.time.Duration;

/// A clip found in a stretch of audio.
///
/// @param at when it was first recognised, from the start of the stretch
/// @param matched how much of its loud audio was found, byte for byte
public record Heard(Clip clip, Duration at, Duration matched) {}
