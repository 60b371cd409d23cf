/// The recorded speech of the sandbox, and the ear that tells which of it was heard.
@NullMarked
package dev.callbridge.sandbox.speech;

import org.jspecify.annotations.NullMarked;
