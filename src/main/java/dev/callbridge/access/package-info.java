/// Who may do what: API keys and their scopes. Everything that is not allowed by name is refused.
@NullMarked
package dev.callbridge.access;

import org.jspecify.annotations.NullMarked;
