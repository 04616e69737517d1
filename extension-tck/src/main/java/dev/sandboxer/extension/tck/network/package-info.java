/** Contracts about ports, HTTP and network rules. */
@NullMarked
package dev.sandboxer.extension.tck.network;

import org.jspecify.annotations.NullMarked;
