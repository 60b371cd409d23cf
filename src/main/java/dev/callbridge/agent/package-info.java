/// The one port: a voice agent is a function from what a caller says to what the agent says.
@NullMarked
package dev.callbridge.agent;

import org.jspecify.annotations.NullMarked;
