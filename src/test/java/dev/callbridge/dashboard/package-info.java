/// The dashboard in a browser.
@NullMarked
package dev.callbridge.dashboard;

import org.jspecify.annotations.NullMarked;
