/// The relay as a process of its own, with a real database and real peers, while those break.
@NullMarked
package dev.callbridge.faults;

import org.jspecify.annotations.NullMarked;
