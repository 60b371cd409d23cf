/// What the tests of the whole application share: it runs with the sandbox's vendors over real
/// sockets and a real PostgreSQL, once for all tests.
@NullMarked
package dev.callbridge.testing;

import org.jspecify.annotations.NullMarked;
