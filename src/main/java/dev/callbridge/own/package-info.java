/// An agent put together here: what the caller says goes to speech-to-text, the text to a language
/// model, its answer to text-to-speech.
@NullMarked
package dev.callbridge.own;

import org.jspecify.annotations.NullMarked;
