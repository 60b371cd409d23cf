/// Watching calls: what the API gives back of them.
@NullMarked
package dev.callbridge.live;

import org.jspecify.annotations.NullMarked;
