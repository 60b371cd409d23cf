/// Telephone audio in the format the other side asked for: mu-law, PCM and the rates between them.
@NullMarked
package dev.callbridge.audio;

import org.jspecify.annotations.NullMarked;
