/**
 * Connections to the addresses at which a backend's sandboxes are reached over HTTP. Start with
 * {@link dev.sandboxer.http.origin.Origins}. Each connection serves one port of one sandbox only, so a hostile server that spoils a
 * connection harms only itself.
 */
@NullMarked
package dev.sandboxer.http.origin;

import org.jspecify.annotations.NullMarked;
