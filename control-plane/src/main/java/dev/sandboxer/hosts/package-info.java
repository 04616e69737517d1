/** The hosts whose servers share a database, and the addresses of these servers. */
@NullMarked
package dev.sandboxer.hosts;

import org.jspecify.annotations.NullMarked;
