package dev.callbridge.reservations;

import reactor.core.publisher.Mono;

/// No table is free. What is free instead is looked for when the book is no longer held.
final class FullException extends RuntimeException {

  private final transient Mono<Refusal> instead;

  FullException(Mono<Refusal> instead) {
    super("no table is free", null, false, false);
    this.instead = instead;
  }

  <T> Mono<T> refused() {
    return instead.flatMap(Mono::error);
  }
}
