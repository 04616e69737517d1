/** Ports of a sandbox on this machine: the command that forwards them, and the option of {@code run}. */
@NullMarked
package dev.sandboxer.cli.sandboxes.ports;

import org.jspecify.annotations.NullMarked;
