/// Everything ElevenLabs has a word for: the agent socket, the signed URL that opens it, what is
/// reported when a conversation is over, and how an agent and its workspace are set up. Knows
/// nothing of a call's state.
@NullMarked
package dev.callbridge.elevenlabs;

import org.jspecify.annotations.NullMarked;
