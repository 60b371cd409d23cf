/// Everything Twilio has a word for: Media Streams messages and codec, TwiML, the request
/// signature, REST and the status vocabulary. Knows nothing of a call's state.
@NullMarked
package dev.callbridge.twilio;

import org.jspecify.annotations.NullMarked;
