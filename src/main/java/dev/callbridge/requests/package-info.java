/// Reading what is asked for over the API: bodies to the letter, and refusals that name each field
/// that is wrong.
@NullMarked
package dev.callbridge.requests;

import org.jspecify.annotations.NullMarked;
