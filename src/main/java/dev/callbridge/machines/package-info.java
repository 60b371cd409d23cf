/// What is done about an answering machine, once the evidence says that it is one.
@NullMarked
package dev.callbridge.machines;

import org.jspecify.annotations.NullMarked;
