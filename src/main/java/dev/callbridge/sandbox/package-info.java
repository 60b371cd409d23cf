/// A whole Twilio, a whole ElevenLabs and a database in this process, for demonstrations, tests and
/// faults. Only the profile `sandbox` wires it, and nothing imports it.
@NullMarked
package dev.callbridge.sandbox;

import org.jspecify.annotations.NullMarked;
