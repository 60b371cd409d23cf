/// Twilio's webhooks: the TwiML of a call, and the evidence of its status, stream and answer.
@NullMarked
package dev.callbridge.telephony;

import org.jspecify.annotations.NullMarked;
