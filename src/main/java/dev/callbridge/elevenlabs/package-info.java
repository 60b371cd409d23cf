/// Everything ElevenLabs has a word for: so far the agent socket and the signed URL that opens it.
/// Knows nothing of a call's state.
@NullMarked
package dev.callbridge.elevenlabs;

import org.jspecify.annotations.NullMarked;
