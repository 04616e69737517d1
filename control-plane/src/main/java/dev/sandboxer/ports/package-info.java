/** Connections between clients and ports of sandboxes: {@link dev.sandboxer.ports.RelayedConnection}. */
@NullMarked
package dev.sandboxer.ports;

import org.jspecify.annotations.NullMarked;
