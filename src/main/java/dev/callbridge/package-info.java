/// Callbridge: a phone call and a voice agent on the same line.
@NullMarked
package dev.callbridge;

import org.jspecify.annotations.NullMarked;
