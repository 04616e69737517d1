/** The options and the command for the network rules of sandboxes. */
@NullMarked
package dev.sandboxer.cli.sandboxes.network;

import org.jspecify.annotations.NullMarked;
