/** {@code cp}: files into and out of a sandbox, which may be hostile. */
@NullMarked
package dev.sandboxer.cli.sandboxes.copy;

import org.jspecify.annotations.NullMarked;
