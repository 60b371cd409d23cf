/// Who answers: named configurations of an agent, its limits, and what is said when it is not
/// there.
@NullMarked
package dev.callbridge.assistants;

import org.jspecify.annotations.NullMarked;
