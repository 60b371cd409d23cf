package dev.callbridge.diagnostics;

import dev.callbridge.assistants.Assistant;
import java.util.Set;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/// One thing that a call needs.
///
/// @param id stable: programs know a step by it
/// @param title what is looked at, for people
/// @param needs earlier steps without which there is nothing to look at
/// @param check finds out, for an assistant; bounded by whoever runs it
record Step(String id, String title, Set<String> needs, Function<Assistant, Mono<Finding>> check) {}
