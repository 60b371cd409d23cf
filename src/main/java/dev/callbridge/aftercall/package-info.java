/// After the call: ElevenLabs's report of the conversation, Twilio's price, and both fetched where
/// nobody brings them.
@NullMarked
package dev.callbridge.aftercall;

import org.jspecify.annotations.NullMarked;
