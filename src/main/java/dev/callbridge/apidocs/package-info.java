/// The API's own description, as OpenAPI.
@NullMarked
package dev.callbridge.apidocs;

import org.jspecify.annotations.NullMarked;
