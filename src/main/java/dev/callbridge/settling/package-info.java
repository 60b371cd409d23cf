/// What became of calls that nobody says the end of: overdue, unconfirmed, or left by an instance
/// that is gone.
@NullMarked
package dev.callbridge.settling;

import org.jspecify.annotations.NullMarked;
