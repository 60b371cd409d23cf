/// Would a call reach its agent right now, and if not, which step fails and what is to be done
/// about it.
@NullMarked
package dev.callbridge.diagnostics;

import org.jspecify.annotations.NullMarked;
