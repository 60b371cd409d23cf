/// What an agent may do in a call.
@NullMarked
package dev.callbridge.tools;

import org.jspecify.annotations.NullMarked;
