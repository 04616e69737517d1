/** Debian packages for sandboxes, fetched by the host's apt. */
@NullMarked
package dev.sandboxer.local.packages;

import org.jspecify.annotations.NullMarked;
