/** HTTP calls to E2B's control plane and to its sandboxes: one connection pool, timeouts and JSON. */
@NullMarked
package dev.sandboxer.e2b.http;

import org.jspecify.annotations.NullMarked;
