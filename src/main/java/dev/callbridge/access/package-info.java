/// Who may do what, and how often: API keys and their scopes, people and their sessions, rates.
/// Everything that is not allowed by name is refused.
@NullMarked
package dev.callbridge.access;

import org.jspecify.annotations.NullMarked;
