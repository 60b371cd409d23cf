/// A Twilio in this process: it takes REST calls, requests TwiML and streams media over real
/// sockets.
@NullMarked
package dev.callbridge.sandbox.twilio;

import org.jspecify.annotations.NullMarked;
