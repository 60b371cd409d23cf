package dev.callbridge.sandbox.elevenlabs;

import java.time.Instant;

/// A request for a signed URL.
///
/// @param status what it was answered with, 0 when it was left without an answer
public record SignedUrlRequest(String agentId, Instant at, int status) {}
