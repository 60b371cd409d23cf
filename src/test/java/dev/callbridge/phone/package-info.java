/// The browser phone, used in a browser.
@NullMarked
package dev.callbridge.phone;

import org.jspecify.annotations.NullMarked;
