/**
 * HTTP calls to E2B, to its control plane and into its sandboxes alike: one pool of connections, timeouts, and the removal of
 * secrets from messages.
 */
@NullMarked
package dev.sandboxer.e2b.http;

import org.jspecify.annotations.NullMarked;
