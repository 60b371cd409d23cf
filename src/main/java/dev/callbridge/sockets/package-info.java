/// What both legs of a call need to know of Reactor Netty's sockets.
@NullMarked
package dev.callbridge.sockets;

import org.jspecify.annotations.NullMarked;
