/// The sockets that turn speech into text and text into speech, as ElevenLabs speaks them. They
/// know no call.
@NullMarked
package dev.callbridge.speech;

import org.jspecify.annotations.NullMarked;
