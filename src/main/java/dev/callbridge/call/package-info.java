/// What a call is: the plan for it, the evidence of what happened, what follows from that, and
/// where all three are kept.
@NullMarked
package dev.callbridge.call;

import org.jspecify.annotations.NullMarked;
