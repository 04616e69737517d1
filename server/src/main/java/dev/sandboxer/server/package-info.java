/** A running server: its composition and its log. */
@NullMarked
package dev.sandboxer.server;

import org.jspecify.annotations.NullMarked;
