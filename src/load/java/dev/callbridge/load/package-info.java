/// The load benchmark: one process that is Twilio and ElevenLabs for many calls at once, around a
/// relay in a process of its own. Never part of the application.
@NullMarked
package dev.callbridge.load;

import org.jspecify.annotations.NullMarked;
