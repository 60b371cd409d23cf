/// The stages of an agent that is put together elsewhere: speech-to-text, a language model,
/// text-to-speech, each with its faults.
@NullMarked
package dev.callbridge.sandbox.stages;

import org.jspecify.annotations.NullMarked;
