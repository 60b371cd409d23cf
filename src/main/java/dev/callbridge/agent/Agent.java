package dev.callbridge.agent;

import reactor.core.publisher.Flux;

/// A voice agent.
@FunctionalInterface
public interface Agent {

  /// Holds one conversation.
  ///
  /// Audio is μ-law 8 kHz in both directions, whatever the agent speaks behind this; an agent that
  /// speaks another format transcodes.
  ///
  /// ## The caller
  ///
  /// `caller` is subscribed to once, when the agent is ready to listen, and asked only for what the
  /// agent takes. It decides itself what it drops while it waits.
  ///
  /// ## What comes out
  ///
  /// [FromAgent.Ready] first, then whatever the agent does, in order. Demand reaches the agent: one
  /// who asks for nothing makes it wait.
  ///
  /// ## Termination
  ///
  /// Completes when the agent has ended the conversation, or when `caller` completes: that is a
  /// hang-up, and the conversation is closed. Cancelling is a hang-up too. Fails with
  /// [AgentException] when the agent cannot be reached or is lost.
  Flux<FromAgent> converse(Introduction introduction, Flux<ToAgent> caller);

  /// Whether a person may speak in its place for a while.
  default boolean mayBeTakenOver() {
    return true;
  }

  /// Whether it wants to know what of its audio has been played: [ToAgent.Played].
  default boolean followsPlayback() {
    return false;
  }
}
