/** Forwards ports of this machine to a sandbox, for {@code port-forward} and {@code run --publish}. */
@NullMarked
package dev.sandboxer.cli.sandboxes.ports;

import org.jspecify.annotations.NullMarked;
