/** A running server: its composition, its periodic jobs and its log. */
@NullMarked
package dev.sandboxer.server;

import org.jspecify.annotations.NullMarked;
