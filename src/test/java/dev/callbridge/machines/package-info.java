@NullMarked
package dev.callbridge.machines;

import org.jspecify.annotations.NullMarked;
