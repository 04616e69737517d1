/** Contracts about processes inside a sandbox. */
@NullMarked
package dev.sandboxer.extension.tck.process;

import org.jspecify.annotations.NullMarked;
