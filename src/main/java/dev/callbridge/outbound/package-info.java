/// Placing calls: the API, what is checked before anybody's phone rings, and the dialling itself.
@NullMarked
package dev.callbridge.outbound;

import org.jspecify.annotations.NullMarked;
