/** Names of sandboxes, unique among the sandboxes of a consumer and scope that have not ended. */
@NullMarked
package dev.sandboxer.names;

import org.jspecify.annotations.NullMarked;
