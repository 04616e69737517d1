/** The network of local sandboxes: their rules on calls, the programs that enforce these, and the count of bytes. */
@NullMarked
package dev.sandboxer.local.network;

import org.jspecify.annotations.NullMarked;
