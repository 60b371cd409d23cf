/// A whole ElevenLabs Agents platform in one process, reached over real sockets.
@NullMarked
package dev.callbridge.sandbox.elevenlabs;

import org.jspecify.annotations.NullMarked;
