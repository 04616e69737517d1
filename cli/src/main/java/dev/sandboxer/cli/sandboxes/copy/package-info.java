/** Copies files into and out of sandboxes, which may be hostile. */
@NullMarked
package dev.sandboxer.cli.sandboxes.copy;

import org.jspecify.annotations.NullMarked;
