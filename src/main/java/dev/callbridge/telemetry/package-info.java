/// What is counted, timed and traced of calls, for those who run Callbridge.
@NullMarked
package dev.callbridge.telemetry;

import org.jspecify.annotations.NullMarked;
