/** Names of sandboxes, unique among those that have not ended. */
@NullMarked
package dev.sandboxer.names;

import org.jspecify.annotations.NullMarked;
