package dev.callbridge.call;

/// A piece of evidence in its place, and the call as it was known with it.
///
/// @param before the call's state without it
/// @param call as it follows from its evidence up to here; how it ended is the row's word
public record LoggedEvent(Position position, CallEvent event, CallState before, Call call) {}
