/// Steering a call that is on, from outside and on whichever instance has it.
@NullMarked
package dev.callbridge.steering;

import org.jspecify.annotations.NullMarked;
