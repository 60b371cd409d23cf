/// What must not be printed.
@NullMarked
package dev.callbridge.secrets;

import org.jspecify.annotations.NullMarked;
