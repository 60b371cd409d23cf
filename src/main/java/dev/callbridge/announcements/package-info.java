/// An agent that says one thing, asks to confirm it, and hangs up.
@NullMarked
package dev.callbridge.announcements;

import org.jspecify.annotations.NullMarked;
