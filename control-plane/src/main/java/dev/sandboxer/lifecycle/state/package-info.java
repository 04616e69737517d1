/** The data of a sandbox, its rows, and {@link Transitions}, the only way to change it. */
@NullMarked
package dev.sandboxer.lifecycle.state;

import org.jspecify.annotations.NullMarked;
