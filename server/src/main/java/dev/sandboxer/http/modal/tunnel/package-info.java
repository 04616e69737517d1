/** Tunnels: TCP ports of this server that lead to the open ports of sandboxes. */
@NullMarked
package dev.sandboxer.http.modal.tunnel;

import org.jspecify.annotations.NullMarked;
