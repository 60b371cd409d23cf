/// A call's audio: the media socket, the session that joins it to an agent, and what the caller
/// heard.
@NullMarked
package dev.callbridge.bridge;

import org.jspecify.annotations.NullMarked;
